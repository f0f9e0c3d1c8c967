// The config and annotations of an image: those of its base, overlaid with the spec.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/app/images/base_image.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/spec/project.hpp>
#include <optional>
#include <vector>

namespace lapstrake::app {

// The parts of one platform's manifest. A build adds its layers to those of the base.
struct ManifestParts {
  oci::ImageConfig config;
  std::vector<oci::Descriptor> layers;
  oci::Annotations annotations;
};

// The config, layers and annotations of the base, if there is one, overlaid with those of the spec.
ManifestParts initial_parts(const Context& context, const spec::Image& image, const oci::Platform& platform,
                            const std::optional<BaseImage>& base);

}  // namespace lapstrake::app
