// Pushes an image: first missing blobs, then manifests by digest, then tags.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/registry/client.hpp>
#include <string>
#include <vector>

namespace lapstrake::registry {

using BlobPath = std::function<std::filesystem::path(const oci::Digest&)>;

struct PushedManifest {  // children first, the root (image or index) last
  oci::Descriptor descriptor;
  std::string text;
  std::vector<oci::Descriptor> blobs = {};  // config and layers; none for an index
};

struct PushEvent {
  enum class Kind { checking, present, mounted, sending, sent, manifest, tag } kind;
  oci::Descriptor blob;    // or the manifest
  std::uint64_t sent = 0;  // bytes so far, for `sending`
  std::string tag = {};
};

struct PushOptions {
  unsigned jobs = 4;  // uploads at a time
  std::vector<std::string> tags = {};
  // Another repository of this registry that has the blob, to mount it from (mount_or_put_blob); empty: none. If the
  // mount fails, the blob is uploaded.
  std::function<std::string(const oci::Digest&)> mount_source = nullptr;
  std::function<void(const PushEvent&)> progress = nullptr;  // from several threads, one at a time
  std::stop_token stop = {};
};

struct PushReport {
  std::uint64_t blobs_sent = 0, bytes_sent = 0, blobs_present = 0;  // mounted blobs count as present
  bool all_present = false;  // every tag already named the manifest: nothing was sent
};

// Foreign layers (with `urls`) are not sent. When the registry rejects a manifest because blobs are missing, the blobs
// are sent again, at most three times.
PushReport push(const Repository& repository, const std::vector<PushedManifest>& manifests, const BlobPath& blobs,
                const PushOptions& options);

}  // namespace lapstrake::registry
