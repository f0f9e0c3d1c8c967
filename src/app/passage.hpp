// Blobs on their way from one place to another, each in a file of the store's scratch while it is sent: an upload may
// have to begin anew, and a stream from elsewhere cannot be read twice. What is verified on the way in is all that goes
// out, and a blob that is wrong is never begun to be sent.
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

  // The file of a blob: the store's own, or one that is there until drop() or this end.
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
