// Watches folders for changes with inotify(7).
#pragma once
#include <chrono>
#include <cstdint>
#include <lapstrake/base/c_handle.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lapstrake::app {

class Inotify {
 public:
  struct Event {
    int watch = -1;
    std::uint32_t mask = 0;
    std::string name{};  // in the folder; empty for the folder itself
  };

  // Error{input} with the limit to raise if there are too many.
  Inotify();

  // The watch of a folder (the existing one, if any); nothing if the folder is missing or unreadable. Error{input} with
  // the limit to raise if there are too many.
  std::optional<int> add(const std::string& folder);
  void remove(int watch);

  // Whether there are events to read, after at most `patience`; false at once when stopped.
  bool wait(std::optional<std::chrono::milliseconds> patience, const std::stop_token& stop) const;
  // The events since the last call, without waiting.
  std::vector<Event> read();

 private:
  FileDescriptor events_, stopped_;
};

}  // namespace lapstrake::app
