// The local store: an OCI image layout with refs. It survives killed processes and concurrent use.
//
//   STORE/oci-layout, index.json      a layout as in image-spec; refs are annotations of its manifests
//   STORE/blobs/sha256/<hex>          0600; written to tmp/, hashed while written, synced, renamed, the folder synced
//   STORE/tmp/                        files being written; `gc` empties it
//   STORE/lock                        flock: shared by builds and pushes while they use blobs, exclusive for gc
//   STORE/index.lock                  flock: exclusive while index.json is read, changed and replaced
//
// Locks are flocks, so a process that dies leaves none behind. The order of syncs is blob, rename, folder, index.json,
// so that after a power failure no ref points to a missing blob.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/image_reader.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::store {

// `--store`, LAPSTRAKE_STORE, $XDG_CACHE_HOME/lapstrake, $HOME/.cache/lapstrake. Error{input} when none is set.
std::filesystem::path default_root(const std::optional<std::string>& option, const Environment& environment);

struct CheckReport {
  std::uint64_t blobs = 0, bytes = 0;
  std::uint64_t in_registries = 0;  // layers of bases that the store leaves in their registries (bases.hpp)
  std::vector<std::string>
      problems;  // "blob sha256:...: its content has the digest ...", "ref `web`: blob sha256:... is missing"
};
struct GcReport {
  std::uint64_t removed = 0, freed_bytes = 0, kept = 0;
};

class Store {
 public:
  // Creates missing folders (0700). Error{input} when another user owns the store, others may write to it, or it cannot
  // be created. A complete read-only store opens too; writing to it fails. Holds the shared lock while it or a copy of
  // it lives, so that gc waits for it; waits itself while gc runs.
  static Store open(const std::filesystem::path& root);

  const std::filesystem::path& root() const;
  std::filesystem::path scratch() const;  // STORE/tmp
  std::filesystem::path blob_path(const oci::Digest& digest) const;
  bool has(const oci::Digest& digest) const;
  // Also checks the size: if it differs, the blob is damaged or its manifest is wrong.
  bool has(const oci::Descriptor& blob) const;
  std::optional<std::uint64_t> size(const oci::Digest& digest) const;

  // Who computes a new blob's digest.
  enum class Hashing { here, by_caller };
  // What to do with a blob that exists already: one that is known to be damaged must be replaced.
  enum class Existing { keep, replace };

  class BlobWriter {
   public:
    void write(Bytes bytes);
    // Publishes; an existing blob of this size is kept. Error{integrity} when the digest differs from `expected`.
    // Nothing may be written afterwards. With Hashing::by_caller `expected` is the digest.
    oci::Digest commit(const std::optional<oci::Digest>& expected = std::nullopt, Existing existing = Existing::keep);

   private:
    friend class Store;
    BlobWriter(const Store& store, Hashing hashing);
    std::filesystem::path folder_;
    std::shared_ptr<const FileDescriptor> lock_;  // no gc while a blob is written
    AtomicFile file_;
    Hashing hashing_;
    Sha256 hash_;
    std::uint64_t size_ = 0;
  };
  BlobWriter new_blob(Hashing hashing = Hashing::here) const;
  oci::Descriptor put(std::string_view text, std::string_view media_type) const;
  // Copies a blob from `reader` into the store, unless the store has it. Interrupted when a stop is requested.
  void take(const oci::ImageReader& reader, const oci::Descriptor& blob, const std::stop_token& stop = {}) const;
  // A stream that fails at its end when the digest differs (T24).
  Source open_blob(const oci::Descriptor& descriptor) const;

  // Refs map names ("php-fpm", or "cache/..." for later use) to descriptors; the last writer of a name wins, no update
  // is lost. The blob must exist. Reading fails with Error{integrity} when index.json is damaged.
  void set_ref(const std::string& name, const oci::Descriptor& descriptor) const;
  std::optional<oci::Descriptor> ref(const std::string& name) const;
  std::map<std::string, oci::Descriptor> refs() const;

  oci::ImageReader reader(const std::string& name, const oci::Descriptor& root) const;

  // Hashes every blob and follows every ref down to the layers; compares the numbers of layers and diff_ids.
  CheckReport check(const std::stop_token& stop) const;
  // Takes the exclusive lock (Error{input} naming the wait after `patience`), removes blobs that no ref reaches and
  // stale files in tmp/. Removes nothing when it cannot determine which blobs are in use (Error{integrity}).
  static GcReport gc(const std::filesystem::path& root, const Runtime& runtime,
                     std::chrono::milliseconds patience = std::chrono::seconds(30));

 private:
  Store(std::filesystem::path root, std::shared_ptr<const FileDescriptor> lock);
  std::filesystem::path root_;
  std::shared_ptr<const FileDescriptor> lock_;  // null in a read-only store without a lock file
};

}  // namespace lapstrake::store
