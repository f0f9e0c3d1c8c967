#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <lapstrake/base/inherited.hpp>

#include "support/catch.hpp"

using namespace lapstrake;

namespace {

// Whether `act` holds in a process of its own: signals and limits belong to the whole process.
bool holds_in_child(const std::function<bool()>& act) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(act() ? 0 : 1);
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

sighandler_t disposition(int signal) {
  struct sigaction action {};
  ::sigaction(signal, nullptr, &action);
  return action.sa_handler;
}

rlim_t soft_core_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_CORE, &limit);
  return limit.rlim_cur;
}

}  // namespace

TEST_CASE("what the caller ignores or blocks is known") {
  CHECK(holds_in_child([] {
    std::signal(SIGHUP, SIG_IGN);
    std::signal(SIGINT, SIG_DFL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    ::pthread_sigmask(SIG_SETMASK, &set, nullptr);
    const auto caller = inherited_state();
    return caller.is_ignored_or_blocked(SIGHUP) && caller.is_ignored_or_blocked(SIGTERM) &&
           !caller.is_ignored_or_blocked(SIGINT);
  }));
}

TEST_CASE("a child gets back the signals and the core limit of the caller") {
  const auto ignored = GENERATE(SIGPIPE, SIGXFSZ, SIGCHLD);
  CAPTURE(ignored);
  CHECK(holds_in_child([ignored] {
    for (const int one : {SIGPIPE, SIGXFSZ, SIGCHLD}) std::signal(one, one == ignored ? SIG_IGN : SIG_DFL);
    const rlimit core{.rlim_cur = 4096, .rlim_max = 8192};
    if (::setrlimit(RLIMIT_CORE, &core) != 0) return false;
    const auto caller = inherited_state();
    use_own_state();
    const bool is_own = disposition(SIGPIPE) == SIG_IGN && disposition(SIGXFSZ) == SIG_IGN &&
                        disposition(SIGCHLD) == SIG_DFL && soft_core_limit() == 0;
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    restore(caller);
    for (const int one : {SIGPIPE, SIGXFSZ, SIGCHLD})
      if (disposition(one) != (one == ignored ? SIG_IGN : SIG_DFL)) return false;
    sigset_t blocked;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    return is_own && soft_core_limit() == 4096 && sigismember(&blocked, SIGUSR1) == 0;
  }));
}

TEST_CASE("no core file is written, not even to a pipe, and the process still finds its own descriptors") {
  CHECK(holds_in_child([] {
    use_own_state();
    // Files without a name are linked by this path.
    return soft_core_limit() == 0 && ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           ::open("/proc/self/fd/2", O_PATH | O_CLOEXEC) >= 0;
  }));
}
