#include <sys/prctl.h>

#include <initializer_list>
#include <lapstrake/base/inherited.hpp>

namespace lapstrake {

bool Inherited::is_ignored_or_blocked(int signal) const {
  return sigismember(&ignored, signal) == 1 || sigismember(&blocked, signal) == 1;
}

Inherited inherited_state() {
  Inherited state;
  sigemptyset(&state.ignored);
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    // Some numbers belong to the C library: EINVAL.
    if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) sigaddset(&state.ignored, signal);
  }
  ::pthread_sigmask(SIG_SETMASK, nullptr, &state.blocked);
  (void)::getrlimit(RLIMIT_CORE, &state.core);
  return state;
}

void use_own_state() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGCHLD, SIG_DFL);
  rlimit core{};
  if (::getrlimit(RLIMIT_CORE, &core) == 0) {
    core.rlim_cur = 0;  // the hard limit stays: children get back what the caller allows
    (void)::setrlimit(RLIMIT_CORE, &core);
  }
  // A core_pattern with a pipe gets the core whatever the limit is. The process still reads its own /proc/self.
  (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void restore(const Inherited& caller) {
  for (const int signal : {SIGPIPE, SIGXFSZ, SIGCHLD})
    std::signal(signal, sigismember(&caller.ignored, signal) == 1 ? SIG_IGN : SIG_DFL);
  (void)::setrlimit(RLIMIT_CORE, &caller.core);
  ::pthread_sigmask(SIG_SETMASK, &caller.blocked, nullptr);
}

}  // namespace lapstrake
