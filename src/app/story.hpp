// Finds out what explain.hpp tells, from what the store knows of the last build.
#pragma once
#include <lapstrake/app/explain.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>
#include <string>

namespace lapstrake::app {

// `before`: the blob that was last built in the layer's place.
LayerStory layer_story(const store::Store& store, const std::string& layer, const std::optional<oci::Digest>& before,
                       const oci::Digest& after);

// `name`: the ref of the last build; `after`: the manifest that was built now. Layers are left to the caller.
ImageStory image_story(const store::Store& store, const std::string& name, const oci::Platform& platform,
                       const oci::Descriptor& after);

}  // namespace lapstrake::app
