// Building again, whenever something that an image is made of changes.
#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <lapstrake/app/build.hpp>
#include <lapstrake/app/push.hpp>
#include <lapstrake/base/error.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::app {

struct WatchSettings {
  std::vector<std::string> names{};       // all, if none; with `push` all that have a `repository`
  std::vector<Output> outputs{};          // written again with each build
  std::optional<PushSettings> push = {};  // each new digest is pushed
  // A build begins when nothing has changed for `quiet`, at most `patience` after the first change.
  std::chrono::milliseconds quiet{30}, patience{300};
};

// What comes of it. What these throw ends the watch.
struct WatchReports {
  std::function<void(const BuiltImage&)> built;    // a digest that is new; not with `push`
  std::function<void(const PushedImage&)> pushed;  // with `push`: as soon as it is there
  std::function<void(const Error&)> failed;        // and the watch goes on
};

// Builds the images, and then for ever those of which a source, a base or the spec changes. `read` reads the spec
// `file`, now and whenever it changes, and gives nothing when it has mistakes, which it tells itself. Returns never:
// Error{interrupted} when stopped; what `read` throws, and Error{usage} for names and outputs that cannot be, at once;
// Error{input} when no more can be watched. All that a build may throw is told instead, and the next change tries
// again.
[[noreturn]] void watch(const Context& context, const std::filesystem::path& file,
                        const std::function<std::optional<spec::Project>()>& read, const WatchSettings& settings,
                        const WatchReports& reports);

}  // namespace lapstrake::app
