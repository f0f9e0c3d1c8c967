// Finds out what explain.hpp tells, from what the store knows of the last build.
#pragma once
#include <lapstrake/app/build.hpp>
#include <lapstrake/app/explain.hpp>
#include <lapstrake/store/store.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

// How the history of an image tells the layers of its spec: these words, and the layer's name.
inline constexpr std::string_view history_of_layer = "lapstrake layer ";

struct NamedLayer {
  std::string name{};
  oci::Digest blob;
};

// `name`: the ref of the last build; `after`: the manifest that was built now, and `layers` its own, in order. What a
// layer was before is what that image has: a build that failed half-way counts for nothing.
ImageStory image_story(const store::Store& store, const std::string& name, const oci::Platform& platform,
                       const oci::Descriptor& after, const std::vector<NamedLayer>& layers);

// BuiltImage::before and platforms_gone.
void tell_last_build(const store::Store& store, const std::string& name, BuiltImage& built);

}  // namespace lapstrake::app
