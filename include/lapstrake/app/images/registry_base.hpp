// Reads a base image from the store, the vendor folder or its registry, in this order; manifests and configs that were
// downloaded once are kept in the store.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/oci/image_reader.hpp>
#include <lapstrake/registry/client.hpp>
#include <lapstrake/store/store.hpp>
#include <memory>
#include <string>
#include <vector>

#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/images/remote_layers.hpp>

namespace lapstrake::app {

class RegistryBase {
 public:
  // `pin`: its digest in the lock. `image`: the image that is built on it, for progress events.
  RegistryBase(const Context& context, const Registries& registries, const oci::RegistryReference& reference,
               const std::optional<oci::Digest>& pin, const store::Store& store, std::string image);

  // Its root is resolved once per run, and without the registry if the digest is known and in the store or the vendor
  // folder. Manifests and configs are kept in the store.
  oci::ImageReader reader() const;
  // Whether its root is known without a network.
  bool is_available_offline() const;
  // The files of its layers, read from the store or the registry. The layers are not kept.
  layers::BaseFiles files(const std::vector<oci::Descriptor>& layers) const;
  // The source of its blobs.
  const RemoteLayers& blobs() const { return blobs_; }
  // Records in the store which repository has the layers, for later downloads.
  void keep_origins(const std::vector<oci::Descriptor>& layers) const;

 private:
  oci::Descriptor root() const;
  std::optional<oci::Descriptor> known_root() const;
  oci::Descriptor resolve() const;
  oci::Descriptor last_known_root() const;
  oci::Descriptor locked_root() const;
  std::string text(const oci::Descriptor& blob) const;
  Source open(const oci::Descriptor& blob) const;

  Context context_;
  oci::RegistryReference reference_;
  bool is_locked_;  // its digest is the lock's
  store::Store store_;
  std::string image_;
  std::shared_ptr<const registry::Repository> repository_;
  RemoteLayers blobs_;
  oci::ImageReader remote_;
};

// The base as an earlier build left it in the store, without a network; nothing if it is unknown.
std::optional<oci::ImageReader> remembered_base(const oci::RegistryReference& reference, const store::Store& store);

}  // namespace lapstrake::app
