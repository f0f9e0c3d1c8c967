// Expands the variables that the reader leaves in place because only a build knows their values.
#pragma once
#include <functional>
#include <lapstrake/oci/platform.hpp>
#include <string>
#include <string_view>

namespace lapstrake::spec {

// Expands `${platform.arch}`, `${platform.os}` and `${platform.variant}` in the `from` of a copy or an archive, the
// `url` of a fetch, or an item of `install` of `deb`.
std::string fill_platform(std::string_view text, const oci::Platform& platform);

// Expands each `${images.N}` in a string of a task's document with `reference(N)`; a literal one (`$${images.N}`) loses
// its first `$`.
std::string fill_images(std::string_view text, const std::function<std::string(const std::string& name)>& reference);

}  // namespace lapstrake::spec
