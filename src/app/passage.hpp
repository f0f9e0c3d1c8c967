// Stages the blobs of a copy as files, because a failed upload must be restarted and a remote stream cannot be read
// twice. Files of a layout are used directly and verified while they are sent, before their last byte. Other blobs are
// verified while they are written to the store's scratch folder.
#pragma once
#include <filesystem>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/registry/push.hpp>
#include <map>
#include <mutex>
#include <vector>

#include "origin.hpp"

namespace lapstrake::app {

// Safe to use from several threads.
class Passage {
 public:
  // All arguments except the manifests must outlive it.
  Passage(const Context& context, const SourceImage& source, const store::Store& store,
          const std::vector<registry::PushedManifest>& manifests);

  // The file of a blob: the store's or the layout's own file, or a temporary one that exists until drop() or the end of
  // this object.
  std::filesystem::path bring(const oci::Digest& digest);
  void drop(const oci::Digest& digest);

 private:
  const Context& context_;
  const SourceImage& source_;
  const store::Store& store_;
  std::map<oci::Digest, oci::Descriptor> blobs_;
  std::mutex mutex_;
  std::map<oci::Digest, AtomicFile> files_;  // never published: removed when they are let go
};

}  // namespace lapstrake::app
