#include <lapstrake/spec/project.hpp>

namespace lapstrake::spec {

std::vector<oci::Reference> references_of(const Image& image) {
  std::vector<oci::Reference> out;
  if (image.base) out.push_back(*image.base);
  for (const auto& layer : image.layers)
    for (const auto& step : layer.from_images)
      if (step.reference) out.push_back(*step.reference);
  return out;
}

}  // namespace lapstrake::spec
