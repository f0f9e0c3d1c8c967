#include "signals.hpp"

#include <unistd.h>

#include <chrono>

namespace lapstrake::cli {
namespace {

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int one : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, one);
  return set;
}

}  // namespace

Interruption::Interruption() {
  const auto set = watched();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A closed pipe and a file-size limit are errors of write(2), told like any other.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  watcher_ = std::jthread([this](const std::stop_token& done) { watch(done); });
}

// Wakes the watcher: its tick is longer than many commands.
Interruption::~Interruption() {
  watcher_.request_stop();
  ::pthread_kill(watcher_.native_handle(), SIGHUP);
}

int Interruption::exit_code() const { return 128 + (signal_ == 0 ? SIGINT : signal_.load()); }

void Interruption::restore() {
  const auto set = watched();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGXFSZ, SIG_DFL);
}

void Interruption::watch(const std::stop_token& done) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds patience{1800};
  const auto set = watched();
  const timespec tick{.tv_sec = 0, .tv_nsec = 50'000'000};
  Clock::time_point deadline;
  while (!done.stop_requested()) {
    const int taken = ::sigtimedwait(&set, nullptr, &tick);
    if (done.stop_requested()) return;
    if (taken > 0 && signal_ != 0) ::_exit(128 + taken);
    if (taken > 0) {
      signal_ = taken;
      deadline = Clock::now() + patience;
      stop_.request_stop();
    }
    if (signal_ != 0 && Clock::now() > deadline) ::_exit(exit_code());
  }
}

}  // namespace lapstrake::cli
