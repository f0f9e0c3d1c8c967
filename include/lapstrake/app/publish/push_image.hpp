// Resolving and pushing images: the steps that `push`, `register`, `copy` and `watch` share.
#pragma once
#include <functional>
#include <lapstrake/app/build/built_image.hpp>
#include <lapstrake/app/publish/pushed_image.hpp>
#include <lapstrake/registry/push.hpp>
#include <optional>

#include <lapstrake/app/connect/network.hpp>

namespace lapstrake::app {

// An image in the store, or one that is already in a registry (`given`).
struct ResolvedImage {
  const spec::Image* image = nullptr;
  const spec::Project* project = nullptr;  // of an image that was built, not given by `--image`
  oci::Descriptor root;
  std::vector<oci::Platform> platforms;
  std::optional<oci::RegistryReference> given = std::nullopt;
  std::vector<PlatformLayers> layers = {};  // of those that were built, for `--cache-to`
};

ResolvedImage resolve(const Context& context, const Network& network, const spec::Project& project,
                      const spec::Image& image, const store::Store& store);
PushedImage push_resolved(const Context& context, const Network& network, const ResolvedImage& resolved,
                          const store::Store& store, const PushSettings& settings);

// Everything that one push needs.
struct PushRequest {
  std::string image;  // as events call it
  oci::RegistryReference target;
  std::vector<std::string> tags;
  const std::vector<registry::PushedManifest>& manifests;
  registry::BlobPath blobs;
  std::function<std::string(const oci::Digest&)> mount_source = nullptr;  // registry::PushOptions::mount_source
  std::optional<spec::RepositorySettings> repository_settings = {};       // for a repository that is to be made
  std::function<void(const registry::PushEvent&)> on_event = nullptr;     // besides the context's progress
};
// Creates a missing repository if `settings` say so; otherwise the error tells a missing repository from a missing
// permission.
registry::PushReport push_manifests(const Context& context, const Network& network, const PushRequest& request,
                                    const PushSettings& settings);

// The first reference that push_resolved would return, without sending anything.
oci::PinnedReference expected_reference(const ResolvedImage& resolved);
// Error{usage} if the image cannot be pushed.
void require_pushable(const Context& context, const spec::Image& image);

}  // namespace lapstrake::app
