#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/store/layer_cache.hpp>
#include <lapstrake/store/store.hpp>
#include <set>

#include "closure.hpp"
#include "lock.hpp"
#include "private_folder.hpp"
#include "refs.hpp"

namespace lapstrake::store {
namespace {

void take_exclusively(const FileDescriptor& lock, const std::filesystem::path& root, const World& world,
                      std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds pause(100);
  std::chrono::milliseconds waited(0);
  while (!try_lock(lock, Hold::exclusive, root / "lock")) {
    if (waited >= patience)
      throw Error(Fault::input, cat("the store `", root.string(), "` is in use"),
                  "run `lapstrake store gc` again when no build or push is running")
          .because(cat("another lapstrake has held it for ", waited.count() / 1000, " seconds"));
    world.sleep(pause);
    waited += pause;
  }
}

std::set<std::string> in_use(const Store& store, const std::filesystem::path& root) {
  std::set<std::string> out;
  for (const auto& entry : read_index(root).manifests) {
    try {
      for (const auto& blob : closure(entry, store.place("", entry).text)) out.insert(std::string(blob.digest.hex()));
    } catch (Error& error) {
      throw Error(Fault::integrity, cat("cannot tell which blobs are in use, so none is removed: ", error.summary()),
                  "see `lapstrake store check`, then build or pull again what it names")
          .because(error.reason());
    }
  }
  return out;
}

// Nothing when it went away meanwhile; a folder's own size does not count.
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
  if (failure) throw Error(Fault::input, cat("cannot list `", folder.string(), "`: ", reason(failure.value())));
  return out;
}

void discard(const std::filesystem::path& path) {
  std::error_code failure;
  std::filesystem::remove_all(path, failure);
  if (failure) throw Error(Fault::input, cat("cannot remove `", path.string(), "`: ", reason(failure.value())));
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

// Whoever writes there holds the shared lock: with the exclusive one in hand, all of it is what killed processes left.
void sweep_tmp(const std::filesystem::path& root, GcReport& report) {
  for (const auto& path : listing(root / "tmp")) {
    report.freed_bytes += size_of(path);
    discard(path);
  }
}

}  // namespace

GcReport Store::gc(const std::filesystem::path& root, const World& world, std::chrono::milliseconds patience) {
  std::error_code ignored;
  if (!std::filesystem::exists(root / "index.json", ignored)) return {};  // nothing was ever put there
  for (const auto& folder : {root, root / "blobs", root / "blobs/sha256", root / "tmp"}) require_private(folder);
  auto lock = std::make_shared<FileDescriptor>(open_lock(root / "lock"));
  if (!*lock)
    throw Error(Fault::input, cat("cannot write to the store `", root.string(), "`"),
                "run it as the store's owner, where it can be written");
  take_exclusively(*lock, root, world, patience);
  const Store store(root, lock);
  GcReport report;
  sweep_blobs(root, in_use(store, root), report, world.stop);
  sweep_tmp(root, report);
  prune_layers(root);
  return report;
}

}  // namespace lapstrake::store
