// SIGINT, SIGTERM and SIGHUP as a stop_token.
#pragma once
#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

namespace lapstrake::cli {

// Made first in main: the signals are blocked in every later thread and taken by one of its own. The first one requests
// a stop; work that has not ended 1.8 s later is cut off (the store survives that), as it is by a second signal.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  std::stop_token token() const { return stop_.get_token(); }
  // 130 for SIGINT, 143 for SIGTERM ...; 130 when there was none.
  int exit_code() const;
  // For a child: the signals as they were.
  static void restore();

 private:
  void watch(const std::stop_token& done);

  std::stop_source stop_;
  std::atomic<int> signal_ = 0;
  std::jthread watcher_;
};

}  // namespace lapstrake::cli
