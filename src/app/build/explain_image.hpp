// Compares a build with the last build of the image in the store (explain.hpp).
#pragma once
#include <lapstrake/app/build/built_image.hpp>
#include <lapstrake/app/build/explain.hpp>
#include <lapstrake/store/store.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

// `created_by` in the history of an image, followed by the layer's name, marks the layers of its spec.
inline constexpr std::string_view history_of_layer = "lapstrake layer ";

struct NamedLayer {
  std::string name{};
  oci::Digest blob;
};

// `name`: the ref of the last build; `after`: the manifest of this build; `layers`: its layers over the base, in order.
// Layers are compared with that image, so a build that failed halfway does not count.
ImageChange explain_image(const store::Store& store, const std::string& name, const oci::Platform& platform,
                          const oci::Descriptor& after, const std::vector<NamedLayer>& layers);

// Sets BuiltImage::before and platforms_gone.
void set_last_build(const store::Store& store, const std::string& name, BuiltImage& built);

}  // namespace lapstrake::app
