// Turns SIGINT, SIGTERM and SIGHUP into a stop_token.
#pragma once
#include <atomic>
#include <csignal>
#include <lapstrake/base/inherited.hpp>
#include <stop_token>
#include <thread>

namespace lapstrake::cli {

// Create it before any other thread: it blocks the signals in every later thread and handles them in a thread of its
// own. The first signal requests a stop. If the work has not ended 1.8 s later, or at a second signal, the process
// exits at once (the store survives that). Signals that the caller ignores or blocks stay ignored or blocked.
class Interruption {
 public:
  // Error{input} if the thread cannot be started.
  explicit Interruption(const Inherited& caller);
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  std::stop_token token() const { return stop_.get_token(); }
  // 130 for SIGINT, 143 for SIGTERM, ...; 130 if there was no signal.
  int exit_code() const;

 private:
  void watch(const std::stop_token& done);

  const sigset_t watched_;
  std::stop_source stop_;
  std::atomic<int> signal_ = 0;
  std::jthread watcher_;
};

}  // namespace lapstrake::cli
