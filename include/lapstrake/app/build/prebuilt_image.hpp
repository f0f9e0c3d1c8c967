// `--image NAME=REFERENCE`: an existing image instead of building NAME.
#pragma once
#include <lapstrake/app/build/built_image.hpp>
#include <lapstrake/app/context.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/store.hpp>

namespace lapstrake::app {

// The image that `--image` names instead, copied into the store; otherwise builds it. Error{usage} if `--image` names
// an image in a registry.
BuiltImage build_or_load_image(const Context& context, const spec::Project& project, const spec::Image& image,
                               const store::Store& store);

}  // namespace lapstrake::app
