// SIGINT, SIGTERM and SIGHUP as a stop_token.
#pragma once
#include <atomic>
#include <csignal>
#include <lapstrake/base/inherited.hpp>
#include <stop_token>
#include <thread>

namespace lapstrake::cli {

// Made before any other thread: the signals are blocked in every later thread and taken by one of its own. The first
// one requests a stop; work that has not ended 1.8 s later is cut off (the store survives that), as it is by a second
// signal. Signals that the caller ignores or blocks stay so.
class Interruption {
 public:
  // Error{input} when no thread can be started.
  explicit Interruption(const Inherited& caller);
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  std::stop_token token() const { return stop_.get_token(); }
  // 130 for SIGINT, 143 for SIGTERM ...; 130 when there was none.
  int exit_code() const;

 private:
  void watch(const std::stop_token& done);

  const sigset_t watched_;
  std::stop_source stop_;
  std::atomic<int> signal_ = 0;
  std::jthread watcher_;
};

}  // namespace lapstrake::cli
