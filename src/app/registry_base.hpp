// A base that lies in a registry, read through the store and the vendor folder: what was had once is not asked for
// again.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/oci/place.hpp>
#include <lapstrake/registry/client.hpp>
#include <lapstrake/store/store.hpp>
#include <memory>
#include <string>
#include <vector>

#include "network.hpp"
#include "vendored.hpp"

namespace lapstrake::app {

class RegistryBase {
 public:
  // `pin`: the digest that the lock has for it. `image`: the one that is built on it, for the progress.
  RegistryBase(const Context& context, const Registries& registries, const oci::RegistryReference& reference,
               const std::optional<oci::Digest>& pin, const store::Store& store, std::string image);

  // Its root is found out once a run, and not at all when there is a digest that the store or the vendor folder has.
  // Manifests and configs stay in the store.
  oci::Place place() const;
  // Whether its root can be told without a network.
  bool is_at_hand() const;
  // The files of its layers, which are read from the store or else from the registry, and not kept.
  layers::BaseFiles files(const std::vector<oci::Descriptor>& layers) const;
  // Notes for those who need the layers later where they lie.
  void keep_origins(const std::vector<oci::Descriptor>& layers) const;

 private:
  oci::Descriptor root() const;
  std::optional<oci::Descriptor> known_root() const;
  oci::Descriptor resolve() const;
  oci::Descriptor last_known() const;
  oci::Descriptor still_there() const;
  std::string text(const oci::Descriptor& blob) const;
  Source open(const oci::Descriptor& blob) const;
  void require_network(const oci::Descriptor& blob) const;

  Context context_;
  oci::RegistryReference reference_;
  bool is_locked_;  // its digest is the lock's
  std::optional<Vendored> vendored_;
  store::Store store_;
  std::string image_;
  std::shared_ptr<const registry::Repository> repository_;
  oci::Place remote_;
};

// How people, and org.opencontainers.image.base.name, call it: "docker.io/library/debian:12", with the digest only when
// there is no tag.
std::string base_name(const oci::RegistryReference& reference);

// With the lock's digest, unless it has one of its own.
oci::RegistryReference pinned(oci::RegistryReference reference, const std::optional<oci::Digest>& pin);

// The base as the store knows it from a build before, without a network; nothing when it does not.
std::optional<oci::Place> remembered_base(const oci::RegistryReference& reference, const store::Store& store);

// "layer sha256:... of the base `host/repo:tag`"
std::string layer_of_base(const oci::Descriptor& layer, const std::string& base);

}  // namespace lapstrake::app
