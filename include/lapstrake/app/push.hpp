// Pushes images to a registry: first missing blobs, then the manifest, then the tags.
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
  std::vector<oci::PinnedReference> references{};  // one per tag, or one without a tag; never empty
  std::uint64_t blobs_sent = 0, bytes_sent = 0, blobs_present = 0;
  std::vector<oci::Descriptor> attachments{};  // manifests of the attachments, without optional ones that failed
};

// Builds and pushes the named images (all with a `repository` if no name is given). An image that `--image` names in a
// registry is resolved to its digest and not pushed. Calls `each` for every pushed image.
std::vector<PushedImage> push(const Context& context, const spec::Project& project,
                              const std::vector<std::string>& names, const PushSettings& settings,
                              const std::function<void(const PushedImage&)>& each = nullptr);

}  // namespace lapstrake::app
