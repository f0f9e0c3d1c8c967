#include "signals.hpp"

#include <unistd.h>

#include <chrono>
#include <lapstrake/base/parallel.hpp>

namespace lapstrake::cli {
namespace {

// Wakes the watcher at the end: its tick is longer than many commands. From anyone else it means nothing.
constexpr int wake_signal = SIGURG;

sigset_t watched(const Inherited& caller) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, wake_signal);
  for (const int one : {SIGINT, SIGTERM, SIGHUP})
    if (!caller.is_ignored_or_blocked(one)) sigaddset(&set, one);
  return set;
}

}  // namespace

Interruption::Interruption(const Inherited& caller) : watched_(watched(caller)) {
  ::pthread_sigmask(SIG_BLOCK, &watched_, nullptr);
  try {
    watcher_ = start_thread([this](const std::stop_token& done) { watch(done); });
  } catch (...) {
    ::pthread_sigmask(SIG_UNBLOCK, &watched_, nullptr);
    throw;
  }
}

Interruption::~Interruption() {
  watcher_.request_stop();
  ::pthread_kill(watcher_.native_handle(), wake_signal);
}

int Interruption::exit_code() const { return 128 + (signal_ == 0 ? SIGINT : signal_.load()); }

void Interruption::watch(const std::stop_token& done) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds patience{1800};
  const timespec tick{.tv_sec = 0, .tv_nsec = 50'000'000};
  Clock::time_point deadline;
  while (!done.stop_requested()) {
    const int taken = ::sigtimedwait(&watched_, nullptr, &tick);
    if (done.stop_requested()) return;
    const bool is_signal = taken > 0 && taken != wake_signal;
    if (is_signal && signal_ != 0) ::_exit(128 + taken);
    if (is_signal) {
      signal_ = taken;
      deadline = Clock::now() + patience;
      stop_.request_stop();
    }
    if (signal_ != 0 && Clock::now() > deadline) ::_exit(exit_code());
  }
}

}  // namespace lapstrake::cli
