// Images on their way to a registry: the steps that `push` and `register` share.
#pragma once
#include <functional>
#include <lapstrake/app/push.hpp>
#include <lapstrake/registry/push.hpp>
#include <optional>

#include "network.hpp"

namespace lapstrake::app {

// Built or taken in, or lying in a registry already (`given`).
struct ReadyImage {
  const spec::Image* image = nullptr;
  oci::Descriptor root;
  std::vector<oci::Platform> platforms;
  std::optional<oci::RegistryReference> given = std::nullopt;
  std::vector<PlatformLayers> layers = {};  // of those that were built, for `--cache-to`
};

ReadyImage make_ready(const Context& context, const Network& network, const spec::Project& project,
                      const spec::Image& image, const store::Store& store);
PushedImage push_ready(const Context& context, const Network& network, const ReadyImage& ready,
                       const store::Store& store, const PushSettings& settings);

// What goes to a registry, wherever it comes from.
struct Shipment {
  std::string image;  // as events call it
  oci::RegistryReference target;
  std::vector<std::string> tags;
  const std::vector<registry::PushedManifest>& manifests;
  registry::BlobPath blobs;
  std::function<std::string(const oci::Digest&)> neighbour = nullptr;  // as of registry::PushOptions
  std::optional<spec::RepositorySettings> repository_settings = {};    // for a repository that is to be made
  std::function<void(const registry::PushEvent&)> told = nullptr;      // besides the context's progress
};
// A repository that is missing is made if `settings` say so, or else told from a right that is.
registry::PushReport ship(const Context& context, const Network& network, const Shipment& shipment,
                          const PushSettings& settings);

// What push_ready would give, without sending anything.
oci::PinnedReference expected_reference(const ReadyImage& ready);
// Error{usage} when the image cannot be pushed.
void require_pushable(const Context& context, const spec::Image& image);

}  // namespace lapstrake::app
