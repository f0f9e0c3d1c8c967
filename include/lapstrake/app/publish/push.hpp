// Pushes images to a registry: first missing blobs, then the manifest, then the tags.
#pragma once
#include <functional>
#include <lapstrake/app/context.hpp>
#include <lapstrake/app/publish/pushed_image.hpp>
#include <lapstrake/spec/project.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

// Builds and pushes the named images (all with a `repository` if no name is given). An image that `--image` names in a
// registry is resolved to its digest and not pushed. Calls `each` for every pushed image.
std::vector<PushedImage> push(const Context& context, const spec::Project& project,
                              const std::vector<std::string>& names, const PushSettings& settings,
                              const std::function<void(const PushedImage&)>& each = nullptr);

}  // namespace lapstrake::app
