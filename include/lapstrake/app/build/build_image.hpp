// Builds one image of a spec: base, layers, config, manifest or index.
#pragma once
#include <lapstrake/app/build/built_image.hpp>
#include <lapstrake/app/context.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/store.hpp>

namespace lapstrake::app {

BuiltImage build_image(const Context& context, const spec::Project& project, const spec::Image& image,
                       const store::Store& store);

}  // namespace lapstrake::app
