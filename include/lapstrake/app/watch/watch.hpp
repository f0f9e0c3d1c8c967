// Rebuilds images whenever their sources change (`build --watch`).
#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <lapstrake/app/build/built_image.hpp>
#include <lapstrake/app/build/outputs.hpp>
#include <lapstrake/app/publish/push.hpp>
#include <lapstrake/base/error.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::app {

struct WatchSettings {
  std::vector<std::string> names{};       // all if empty; with `push` all that have a `repository`
  std::vector<Output> outputs{};          // rewritten by every build
  std::optional<PushSettings> push = {};  // each new digest is pushed
  // A build starts when nothing has changed for `quiet`, at most `patience` after the first change.
  std::chrono::milliseconds quiet{30}, patience{300};
};

// Callbacks for results. An exception from a callback ends the watch.
struct WatchReports {
  std::function<void(const BuiltImage&)> built;    // for a new digest; not with `push`
  std::function<void(const PushedImage&)> pushed;  // with `push`: after each push
  std::function<void(const Error&)> failed;        // the watch continues
};

// Builds the images, and rebuilds an image whenever one of its sources, its base or the spec changes. `read` reads the
// spec `file`, at the start and after each change; it returns nothing if the spec has mistakes, and reports them. Never
// returns: throws Interrupted when stopped; exceptions of the first `read`, and Error{usage} for invalid names
// and outputs, at once; Error{input} when no more folders can be watched. Errors of a build are reported, and the next
// change triggers another attempt.
[[noreturn]] void watch(const Context& context, const std::filesystem::path& file,
                        const std::function<std::optional<spec::Project>()>& read, const WatchSettings& settings,
                        const WatchReports& reports);

}  // namespace lapstrake::app
