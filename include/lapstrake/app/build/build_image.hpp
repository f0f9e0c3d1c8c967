// Builds one image of a spec: base, layers, config, manifest or index.
#pragma once
#include <lapstrake/app/build/built_image.hpp>
#include <lapstrake/app/context.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/store.hpp>

namespace lapstrake::app {

// Builds the images that `from:` names first. An image that was built in this run is not built again (Run::built).
BuiltImage build_image(const Context& context, const spec::Project& project, const spec::Image& image,
                       const store::Store& store);

// Lets the next build_image() read the files of the project again.
void forget_built_images(const Context& context);

}  // namespace lapstrake::app
