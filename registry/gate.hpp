// Holds back all requests to a host that said "too many": one wait, not one for each upload.
#pragma once
#include <chrono>
#include <lapstrake/base/world.hpp>
#include <mutex>

namespace lapstrake::registry {

class Gate {
 public:
  // Waits until the gate is open; once, so that a clock which stands still holds nobody for ever.
  void pass(const World& world) {
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(opening() - world.clock());
    if (wait > std::chrono::milliseconds(0)) world.sleep(wait);
  }
  void close_for(const World& world, std::chrono::milliseconds time) {
    const std::lock_guard lock(mutex_);
    opens_ = std::max(opens_, world.clock() + time);
  }

 private:
  std::chrono::system_clock::time_point opening() const {
    const std::lock_guard lock(mutex_);
    return opens_;
  }
  mutable std::mutex mutex_;
  std::chrono::system_clock::time_point opens_{};
};

}  // namespace lapstrake::registry
