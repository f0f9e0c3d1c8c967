// Reads blobs of images from the store, the vendor folder or their registry, in this order.
#pragma once
#include <filesystem>
#include <lapstrake/app/context.hpp>
#include <lapstrake/oci/image_reader.hpp>
#include <lapstrake/registry/client.hpp>
#include <lapstrake/store/store.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/images/vendor_folder.hpp>

namespace lapstrake::app {

// Safe to use from several threads.
class RemoteLayers {
 public:
  // `repository`: where all blobs are that the store and the vendor folder lack; by default where the store remembers
  // each to be (store/bases.hpp). `image`: for progress events.
  RemoteLayers(const Context& context, Network network, store::Store store, std::string image,
               std::shared_ptr<const registry::Repository> repository = nullptr);

  // Copies the blob into the store unless it is there. Error{input} if its registry is unknown.
  void take(const oci::Descriptor& blob) const;
  // Copies all missing blobs of an image into the store, for outputs on disk; several blobs at once.
  void complete(const oci::Descriptor& root) const;
  // A place that reads from the store and downloads missing blobs into it.
  oci::ImageReader reader(const std::string& name, const oci::Descriptor& root) const;
  // Another repository on the host of `target` that has the blob; empty if none is known.
  std::string mount_source(const oci::Digest& blob, const oci::RegistryReference& target) const;
  // Streams the blob, verified at its end, and reports progress unless it is in the store. Foreign layers and, offline,
  // blobs in a registry are Error{input}.
  void read(const oci::Descriptor& blob, const Sink& sink) const;
  // The file of a blob in the store or, verified, in the vendor folder; nothing if it is only in its registry.
  std::optional<std::filesystem::path> file(const oci::Descriptor& blob) const;
  const store::Store& store() const { return store_; }
  // The vendor folder, if it has the blob.
  const store::Layout* find_vendored(const oci::Digest& blob) const;

 private:
  void read_vendored(const store::Layout& from, const oci::Descriptor& blob, const Sink& sink) const;
  void fetch(const registry::Repository& from, const oci::Descriptor& blob, const Sink& sink) const;
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
  std::shared_ptr<const registry::Repository> repository_;
  std::optional<store::Layout> vendor_folder_;
};

}  // namespace lapstrake::app
