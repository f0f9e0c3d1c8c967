// Stages blobs as files for an upload: a failed upload must be restarted, and a remote stream cannot be read twice.
#pragma once
#include <filesystem>
#include <functional>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/registry/push.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace lapstrake::app {

// Safe to use from several threads.
class StagedBlobs {
 public:
  struct Source {
    std::filesystem::path scratch;  // where files are staged
    // The file of a blob that need not be staged; nothing for other blobs.
    std::function<std::optional<std::filesystem::path>(const oci::Descriptor&)> file;
    // Streams a blob, verified at its end.
    std::function<void(const oci::Descriptor&, const Sink&)> read;
  };

  StagedBlobs(const std::vector<registry::PushedManifest>& manifests, Source source);

  // The source's file of a blob, or a staged one that exists until drop() or the end of this object.
  std::filesystem::path file(const oci::Digest& digest);
  void drop(const oci::Digest& digest);

 private:
  Source source_;
  std::map<oci::Digest, oci::Descriptor> blobs_;
  std::mutex mutex_;
  std::map<oci::Digest, AtomicFile> files_;  // never published, so removed by drop()
};

}  // namespace lapstrake::app
