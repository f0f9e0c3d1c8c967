// The images that an image of a spec is made from: its base, and those of its `from:` steps.
#pragma once
#include <lapstrake/spec/project.hpp>
#include <type_traits>

namespace lapstrake::app {

// Calls `act(reference, pin)` for each; images of the spec itself are not among them. `image` may be const.
template <class Image, class Act>
requires std::is_same_v<std::remove_const_t<Image>, spec::Image>
void for_each_reference(Image& image, Act&& act) {
  if (image.base) act(*image.base, image.base_pin);
  for (auto& layer : image.layers)
    for (auto& step : layer.from_images)
      if (step.reference) act(*step.reference, step.pin);
}

}  // namespace lapstrake::app
