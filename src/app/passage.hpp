// Blobs on their way from one place to another, each in a file while it is sent: an upload may have to begin anew, and
// a stream from elsewhere cannot be read twice. A layout's own files serve as they are, and are verified as they go
// out, before their last byte; of others what was verified on the way into the store's scratch is all that goes out.
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
  // All but the manifests must outlive it.
  Passage(const Context& context, const Origin& origin, const store::Store& store,
          const std::vector<registry::PushedManifest>& manifests);

  // The file of a blob: the store's or the layout's own, or one that is there until drop() or this end.
  std::filesystem::path bring(const oci::Digest& digest);
  void drop(const oci::Digest& digest);

 private:
  const Context& context_;
  const Origin& origin_;
  const store::Store& store_;
  std::map<oci::Digest, oci::Descriptor> blobs_;
  std::mutex mutex_;
  std::map<oci::Digest, AtomicFile> files_;  // never published: removed when they are let go
};

}  // namespace lapstrake::app
