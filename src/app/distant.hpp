// Layers of bases that the store leaves in their registries, or in the vendor folder, until someone needs their bytes.
#pragma once
#include <filesystem>
#include <lapstrake/app/context.hpp>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/oci/place.hpp>
#include <lapstrake/registry/client.hpp>
#include <lapstrake/registry/push.hpp>
#include <lapstrake/store/store.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "network.hpp"
#include "vendored.hpp"

namespace lapstrake::app {

// Streams a blob, verified at its end, and tells of it. `image`: for whom, in what is told.
void fetch(const Context& context, const registry::Repository& repository, const oci::Descriptor& blob,
           const std::string& image, const Sink& sink);

// The context with a progress that several threads may tell at once.
Context with_serial_progress(const Context& context);

// Safe to use from several threads. The context must outlive it.
class Distant {
 public:
  // What the network was made of must outlive it too.
  Distant(const Context& context, Network network, store::Store store, std::string image);

  // Into the store, unless it is there. Error{input} when nobody knows where it is.
  void take(const oci::Descriptor& blob) const;
  // All that the store lacks of an image, for outputs on disk; several blobs at once.
  void complete(const oci::Descriptor& root) const;
  // The store, which takes what is asked for and missing.
  oci::Place place(const std::string& name, const oci::Descriptor& root) const;
  // In which repository of `host`, besides `repository`, the blob lies; empty when none is known.
  std::string neighbour(const oci::Digest& blob, const oci::RegistryReference& target) const;
  // Streams it from where it lies.
  void read(const oci::Descriptor& blob, const Sink& sink) const;
  const store::Store& store() const { return store_; }
  // The vendor folder, if it has the blob.
  const Vendored* vendored(const oci::Digest& blob) const;
  const std::stop_token& stop() const { return context_->world.stop; }

 private:
  void read_vendored(const Vendored& from, const oci::Descriptor& blob, const Sink& sink) const;
  std::shared_ptr<const registry::Repository> repository(const oci::Digest& blob) const;

  struct Repositories {
    std::mutex mutex{};
    std::map<std::string, std::shared_ptr<const registry::Repository>> by_name{};
  };

  std::shared_ptr<const Context> context_;
  Network network_;
  std::shared_ptr<Repositories> repositories_ = std::make_shared<Repositories>();
  store::Store store_;
  std::string image_;
  std::optional<Vendored> vendored_;
};

// The files of an image's blobs on their way into a registry: the store's own, or for those that it lacks files of its
// scratch, each as long as it is needed.
class Cargo {
 public:
  Cargo(const Distant& distant, const std::vector<registry::PushedManifest>& manifests);
  std::filesystem::path file(const oci::Digest& digest);
  void drop(const oci::Digest& digest);

 private:
  const Distant& distant_;
  std::map<oci::Digest, oci::Descriptor> blobs_;
  std::mutex mutex_;
  std::map<oci::Digest, AtomicFile> files_;  // never published: removed when they are let go
};

}  // namespace lapstrake::app
