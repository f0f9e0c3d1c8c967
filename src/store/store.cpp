#include <sys/stat.h>

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/store/store.hpp>

#include "layout_files.hpp"
#include "lock.hpp"
#include "private_folder.hpp"
#include "refs.hpp"

namespace lapstrake::store {

std::filesystem::path default_root(const std::optional<std::string>& option, const Environment& environment) {
  if (option && !option->empty()) return *option;
  if (const auto store = environment("LAPSTRAKE_STORE")) return *store;
  // The XDG Base Directory specification: a relative path is invalid and to be ignored.
  if (const auto cache = environment("XDG_CACHE_HOME"); cache && cache->starts_with('/'))
    return std::filesystem::path(*cache) / "lapstrake";
  if (const auto home = environment("HOME")) return std::filesystem::path(*home) / ".cache" / "lapstrake";
  throw Error(ErrorKind::input, "the location of the local store is unknown: neither LAPSTRAKE_STORE nor HOME is set",
              "set it with `--store DIR`");
}

Store::Store(std::filesystem::path root, std::shared_ptr<const FileDescriptor> lock)
    : root_(std::move(root)), lock_(std::move(lock)) {}

Store Store::open(const std::filesystem::path& root) {
  make_private(root, RootLink::allowed);
  auto lock = std::make_shared<FileDescriptor>(open_lock(root / "lock"));
  if (*lock) wait_for_lock(*lock, LockMode::shared, root / "lock");
  for (const auto* folder : {"blobs", "blobs/sha256", "tmp"}) make_private(root / folder);
  make_layout_files(root);
  return {root, std::move(lock)};
}

const std::filesystem::path& Store::root() const { return root_; }
std::filesystem::path Store::scratch() const { return root_ / "tmp"; }
std::filesystem::path Store::blob_path(const oci::Digest& digest) const { return root_ / blob_name(digest); }
bool Store::has(const oci::Digest& digest) const { return size(digest).has_value(); }
bool Store::has(const oci::Descriptor& blob) const { return size(blob.digest) == blob.size; }

std::optional<std::uint64_t> Store::size(const oci::Digest& digest) const {
  struct stat status {};
  if (::lstat(blob_path(digest).c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_size);
}

Store::BlobWriter::BlobWriter(const Store& store, Hashing hashing)
    : folder_(store.root_ / "blobs/sha256"),
      lock_(store.lock_),
      file_(store.scratch(), more_space),
      hashing_(hashing) {}

void Store::BlobWriter::write(Bytes bytes) {
  file_.write(bytes);
  if (hashing_ == Hashing::here) hash_.write(bytes);
  size_ += bytes.size();
}

oci::Digest Store::BlobWriter::commit(const std::optional<oci::Digest>& expected, Existing existing) {
  if (hashing_ == Hashing::by_caller && !expected)
    throw Error(ErrorKind::internal, "the digest of a new blob is unknown");
  const oci::Digest digest = hashing_ == Hashing::here ? oci::Digest(hash_.finish()) : *expected;
  if (expected && *expected != digest)
    throw Error(ErrorKind::integrity, "a blob has the wrong digest")
        .because(cat(digest.text(), " instead of ", expected->text()));
  const auto target = folder_ / digest.hex();
  struct stat status {};
  const bool there = existing == Existing::keep && ::lstat(target.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
                     static_cast<std::uint64_t>(status.st_size) == size_;
  if (!there) file_.publish(target, 0600);
  return digest;
}

Store::BlobWriter Store::new_blob(Hashing hashing) const {
  try {
    return BlobWriter(*this, hashing);
  } catch (Error& error) {
    error.helped_by("point `--store` (LAPSTRAKE_STORE) at a writable folder");
    throw;
  }
}

oci::Descriptor Store::put(std::string_view text, std::string_view media_type) const {
  auto descriptor = oci::descriptor_of(text, media_type);
  if (size(descriptor.digest) != text.size()) {
    BlobWriter blob = new_blob();
    blob.write(as_bytes(text));
    blob.commit(descriptor.digest);
  }
  return descriptor;
}

void Store::take(const oci::ImageReader& reader, const oci::Descriptor& blob, const std::stop_token& stop) const {
  if (has(blob)) return;
  BlobWriter writer = new_blob();
  drain(
      reader.open(blob), [&](Bytes bytes) { writer.write(bytes); }, stop);
  writer.commit(blob.digest);
}

Source Store::open_blob(const oci::Descriptor& descriptor) const {
  const auto path = blob_path(descriptor.digest);
  auto bytes = open_regular(path);
  if (!bytes)
    throw Error(ErrorKind::input, cat("the store has no blob ", descriptor.digest.text()),
                "run `lapstrake build` to rebuild the image")
        .because(cat("`", path.string(), "` does not exist"));
  auto source = oci::verified(std::move(*bytes), descriptor.digest, descriptor.size,
                              cat("blob ", descriptor.digest.brief(), " of the store"));
  return [source = std::move(source), path](std::span<std::byte> room) {
    try {
      return source(room);
    } catch (Error& error) {
      error.helped_by(cat("remove it with `rm '", path.string(), "'`, then build or pull again"));
      throw;
    }
  };
}

void Store::set_ref(const std::string& name, const oci::Descriptor& descriptor) const {
  if (!has(descriptor))
    throw Error(ErrorKind::internal,
                cat("cannot give the name `", name, "` to ", descriptor.digest.text(), ": the store has no such blob"));
  change_refs(root_, [&](oci::Index& index) { return replace_ref(index, name, descriptor); });
}

std::optional<oci::Descriptor> Store::ref(const std::string& name) const {
  const auto all = refs();
  const auto found = all.find(name);
  return found == all.end() ? std::nullopt : std::optional(found->second);
}

std::map<std::string, oci::Descriptor> Store::refs() const { return refs_of(read_index(root_)); }

oci::ImageReader Store::reader(const std::string& name, const oci::Descriptor& root) const {
  return {.name = name,
          .root = [root] { return root; },
          .text =
              [store = *this](const oci::Descriptor& descriptor) {
                return read_all(store.open_blob(descriptor), most_text_bytes, cat("blob ", descriptor.digest.brief()));
              },
          .open = [store = *this](const oci::Descriptor& descriptor) { return store.open_blob(descriptor); }};
}

}  // namespace lapstrake::store
