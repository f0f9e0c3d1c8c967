// Progress events of app's functions. Tests collect them, the command line draws them.
#pragma once
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace lapstrake::app {

struct Event {
  enum class Kind {
    started,   // `subject` of `image` begins; `total` bytes if known
    progress,  // `done` bytes of `total`
    finished,  // `text` is the result: "12.3 MiB, sha256:..."
    reused,    // nothing to do: `text` is "unchanged", "already in the registry"
    note,      // only `text`
    warning    // only `text`
  } kind = Kind::note;
  std::string image{};    // "php-fpm"
  std::string subject{};  // "layer app", "upload of layer app", "manifest"
  std::uint64_t done = 0, total = 0;
  std::string text{};
};

// Passes events to a function. Safe to call from several threads: the function gets one event at a time. Copies share
// the function. The default ignores events.
class Progress {
 public:
  Progress() = default;
  template <class Function>
  requires std::invocable<Function&, const Event&> &&(!std::same_as<Function, Progress>)Progress(Function function)
      : function_(std::move(function)) {}

  void operator()(const Event& event) const {
    if (!function_) return;
    const std::lock_guard lock(*mutex_);
    function_(event);
  }

 private:
  std::function<void(const Event&)> function_{};
  std::shared_ptr<std::mutex> mutex_ = std::make_shared<std::mutex>();
};

}  // namespace lapstrake::app
