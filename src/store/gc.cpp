#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/store/archives.hpp>
#include <lapstrake/store/bases.hpp>
#include <lapstrake/store/layer_cache.hpp>
#include <lapstrake/store/store.hpp>
#include <set>

#include "closure.hpp"
#include "lock.hpp"
#include "private_folder.hpp"
#include "refs.hpp"

namespace lapstrake::store {
namespace {

void take_exclusively(const FileDescriptor& lock, const std::filesystem::path& root, const Runtime& runtime,
                      std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds pause(100);
  std::chrono::milliseconds waited(0);
  while (!try_lock(lock, LockMode::exclusive, root / "lock")) {
    if (waited >= patience)
      throw Error(ErrorKind::input, cat("the store `", root.string(), "` is in use"),
                  "run `lapstrake store gc` again when no build or push is running")
          .because(cat("another lapstrake process has locked it for ", waited.count() / 1000, " seconds"));
    runtime.sleep(pause);
    waited += pause;
  }
}

struct InUse {
  std::set<std::string> blobs{};  // hex
  std::set<std::string> refs{};
  BasesInUse bases{};
  ArchivesInUse archives{};
};

// Adds the layers of an image and the digest of its base.
void add_image(const oci::Descriptor& blob, const oci::ImageReader& reader, BasesInUse& bases) {
  const auto manifest =
      oci::parse_manifest(reader.text(blob), blob.media_type, cat("the manifest ", blob.digest.brief()));
  bases.chains.push_back(manifest.layers);
  const auto base = manifest.annotations.find(std::string(oci::base_digest_annotation));
  const auto digest = base == manifest.annotations.end() ? std::nullopt : oci::Digest::parse(base->second);
  if (digest) bases.manifests.insert(*digest);
}

void add_ref(const Store& store, const oci::Descriptor& entry, InUse& used) {
  const auto reader = store.reader("", entry);
  for (const auto& blob : closure(entry, reader.text)) {
    used.blobs.insert(std::string(blob.digest.hex()));
    used.bases.blobs.insert(blob.digest);
    if (oci::is_manifest(blob.media_type)) add_image(blob, reader, used.bases);
  }
}

InUse in_use(const Store& store, const std::filesystem::path& root) {
  InUse out;
  for (const auto& entry : read_index(root).manifests) {
    try {
      add_ref(store, entry, out);
    } catch (Error& error) {
      throw Error(ErrorKind::integrity,
                  cat("cannot determine which blobs are in use, so none was removed: ", error.summary()),
                  "run `lapstrake store check`, then rebuild the images that it lists")
          .because(error.reason());
    }
  }
  for (const auto& blob : blobs_of_bases(store, out.bases.manifests)) out.blobs.insert(std::string(blob.hex()));
  for (const auto& [name, descriptor] : store.refs()) out.refs.insert(name);
  out.archives = archives_of(store, out.refs);
  for (const auto& blob : out.archives.blobs) out.blobs.insert(std::string(blob.hex()));
  return out;
}

// 0 when it was deleted meanwhile; a folder's own size does not count.
std::uint64_t size_of(const std::filesystem::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size)
                                                                        : 0;
}

std::vector<std::filesystem::path> listing(const std::filesystem::path& folder) {
  std::error_code failure;
  std::vector<std::filesystem::path> out;
  for (std::filesystem::directory_iterator each(folder, failure), end; !failure && each != end; each.increment(failure))
    out.push_back(each->path());
  if (failure) throw Error(ErrorKind::input, cat("cannot list `", folder.string(), "`: ", reason(failure.value())));
  return out;
}

void discard(const std::filesystem::path& path) {
  std::error_code failure;
  std::filesystem::remove_all(path, failure);
  if (failure) throw Error(ErrorKind::input, cat("cannot remove `", path.string(), "`: ", reason(failure.value())));
}

void sweep_blobs(const std::filesystem::path& root, const std::set<std::string>& used, GcReport& report,
                 const std::stop_token& stop) {
  for (const auto& path : listing(root / "blobs/sha256")) {
    stop_point(stop);
    const std::string name = path.filename().string();
    if (!oci::Digest::parse(cat("sha256:", name))) continue;  // not ours; `check` names it
    if (used.contains(name)) {
      ++report.kept;
      continue;
    }
    const auto size = size_of(path);
    discard(path);
    ++report.removed;
    report.freed_bytes += size;
  }
}

// Writers hold the shared lock, so under the exclusive lock all files there are left over from killed processes.
void sweep_tmp(const std::filesystem::path& root, GcReport& report) {
  for (const auto& path : listing(root / "tmp")) {
    report.freed_bytes += size_of(path);
    discard(path);
  }
}

}  // namespace

GcReport Store::gc(const std::filesystem::path& root, const Runtime& runtime, std::chrono::milliseconds patience) {
  std::error_code ignored;
  if (!std::filesystem::exists(root / "index.json", ignored)) return {};  // nothing was ever put there
  require_private(root, RootLink::allowed);
  for (const auto& folder : {root / "blobs", root / "blobs/sha256", root / "tmp"}) require_private(folder);
  auto lock = std::make_shared<FileDescriptor>(open_lock(root / "lock"));
  if (!*lock)
    throw Error(ErrorKind::input, cat("cannot write to the store `", root.string(), "`"),
                "run the command as the store's owner, on a writable file system");
  take_exclusively(*lock, root, runtime, patience);
  const Store store(root, lock);
  GcReport report;
  const auto used = in_use(store, root);
  sweep_blobs(root, used.blobs, report, runtime.stop);
  sweep_tmp(root, report);
  prune_layers(root);
  prune_bases(store, used.bases);
  prune_archives(root, used.refs, used.archives);
  return report;
}

}  // namespace lapstrake::store
