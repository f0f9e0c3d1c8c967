// The local store: an OCI image layout that also holds refs, safe against kills and neighbours.
//
//   STORE/oci-layout, index.json      a layout as image-spec has it; refs are its manifests' annotations
//   STORE/blobs/sha256/<hex>          0600; written aside, hashed as written, synced, renamed, the folder synced
//   STORE/tmp/                        what is being written; `gc` empties it of what no process holds
//   STORE/lock                        flock: shared by builds and pushes while they use blobs, exclusive for gc
#pragma once
#include <filesystem>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/world.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/place.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::store {

// `--store`, LAPSTRAKE_STORE, $XDG_CACHE_HOME/lapstrake, $HOME/.cache/lapstrake. Error{input} when none can be told.
std::filesystem::path default_root(const std::optional<std::string>& option, const Environment& environment);

struct CheckReport {
  std::uint64_t blobs = 0, bytes = 0;
  std::vector<std::string> problems;  // "blob sha256:...: its bytes have the digest ...", "ref `web`: blob sha256:... is missing"
};
struct GcReport {
  std::uint64_t removed = 0, freed_bytes = 0, kept = 0;
};

class Store {
 public:
  // Makes what is missing (folders 0700). Error{input} when another user owns it, others may write to it, or it cannot be
  // written. Holds the shared lock while it lives, so that gc waits for it.
  static Store open(const std::filesystem::path& root);

  const std::filesystem::path& root() const;
  std::filesystem::path scratch() const;  // STORE/tmp
  std::filesystem::path blob_path(const oci::Digest& digest) const;
  bool has(const oci::Digest& digest) const;
  std::optional<std::uint64_t> size(const oci::Digest& digest) const;

  class BlobWriter {
   public:
    void write(Bytes bytes);
    // Publishes; a blob that is there already is left as it is. `expected`: another digest is Error{integrity}.
    oci::Digest commit(const std::optional<oci::Digest>& expected = std::nullopt);

   private:
    friend class Store;
    BlobWriter(const Store& store);
    const Store* store_;
    AtomicFile file_;
    Sha256 hash_;
  };
  BlobWriter new_blob() const;
  oci::Descriptor put(std::string_view text, std::string_view media_type) const;
  // A stream that fails at its end when the bytes are not the digest's (T24).
  Source open_blob(const oci::Descriptor& descriptor) const;

  // Refs: names ("php-fpm", or "cache/..." for later use) to descriptors; the last writer wins, none gets lost.
  void set_ref(const std::string& name, const oci::Descriptor& descriptor) const;
  std::optional<oci::Descriptor> ref(const std::string& name) const;
  std::map<std::string, oci::Descriptor> refs() const;

  oci::Place place(const std::string& name, const oci::Descriptor& root) const;

  // Hashes every blob and follows every ref, to the layers and diff_ids' count.
  CheckReport check(const std::stop_token& stop) const;
  // Takes the exclusive lock (Error{input} naming the wait after `patience`), removes blobs that no ref reaches and stale
  // files of tmp/.
  static GcReport gc(const std::filesystem::path& root, const World& world);

 private:
  explicit Store(std::filesystem::path root);
  std::filesystem::path root_;
  std::shared_ptr<FileDescriptor> lock_;
};

}  // namespace lapstrake::store
