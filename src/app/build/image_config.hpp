// The config and annotations of an image: those of its base, overlaid with the spec.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/app/images/base_image.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/spec/project.hpp>
#include <optional>
#include <vector>

namespace lapstrake::app {

// What one platform of an image gathers while it is built.
struct Draft {
  oci::ImageConfig config;
  std::vector<oci::Descriptor> layers;
  oci::Annotations annotations;
};

Draft begin(const Context& context, const spec::Image& image, const oci::Platform& platform,
            const std::optional<BaseImage>& base);

}  // namespace lapstrake::app
