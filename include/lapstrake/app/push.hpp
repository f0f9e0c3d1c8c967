// From images in the store to a registry: what is missing, then the manifest, then the tags.
#pragma once
#include <lapstrake/app/build.hpp>
#include <lapstrake/app/context.hpp>
#include <lapstrake/oci/reference.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

struct PushSettings {
  bool create_repository = false;  // --create-repository: ECR only
};

struct PushedImage {
  std::string name{};
  std::vector<oci::PinnedReference> references{};  // one a tag, or one without a tag; never empty
  std::uint64_t blobs_sent = 0, bytes_sent = 0, blobs_present = 0;
  std::vector<oci::Descriptor> attachments{};  // their manifests; those that failed and were not required are absent
};

// Builds and pushes the images named (all that have a `repository`, if none is named). An image that `--image` gives
// from a registry is resolved to its digest and not pushed. `each` is told every image as soon as it is there.
std::vector<PushedImage> push(const Context& context, const spec::Project& project,
                              const std::vector<std::string>& names, const PushSettings& settings,
                              const std::function<void(const PushedImage&)>& each = nullptr);

}  // namespace lapstrake::app
