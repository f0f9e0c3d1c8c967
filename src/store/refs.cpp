#include "refs.hpp"

#include <algorithm>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/store/layout.hpp>

#include "layout_files.hpp"
#include "lock.hpp"
#include "private_folder.hpp"

namespace lapstrake::store {
namespace {

// Written in tmp/, so that gc finds and removes files of killed processes.
void replace_file(const std::filesystem::path& root, std::string_view name, std::string_view text) {
  AtomicFile file(root / "tmp", more_space);
  file.write(as_bytes(text));
  file.publish(root / name, 0600);
}

FileDescriptor lock_index(const std::filesystem::path& root) {
  const auto path = root / "index.lock";
  FileDescriptor lock = open_lock(path);
  if (!lock)
    throw Error(ErrorKind::input, cat("cannot write to the store `", root.string(), "`"),
                "point `--store` (LAPSTRAKE_STORE) at a writable folder");
  wait_for_lock(lock, LockMode::exclusive, path);
  return lock;
}

}  // namespace

void make_layout_files(const std::filesystem::path& root) {
  const auto absent = [&](const char* name) {
    std::error_code ignored;
    return !std::filesystem::exists(root / name, ignored);
  };
  if (!absent("oci-layout") && !absent("index.json")) return;
  const auto lock = lock_index(root);
  if (absent("oci-layout")) replace_file(root, "oci-layout", layout_text);
  if (absent("index.json")) replace_file(root, "index.json", render(empty_index()));
}

oci::Index read_layout_index(const std::filesystem::path& path) {
  return oci::parse_index(read_file(path), oci::media_type::index, cat("`", path.string(), "`"));
}

oci::Index read_index(const std::filesystem::path& root) {
  const auto path = root / "index.json";
  try {
    return read_layout_index(path);
  } catch (Error& error) {
    if (error.kind() == ErrorKind::integrity)
      error.helped_by(cat("remove it with `rm '", path.string(), "'`; the next builds and pushes recreate it"));
    throw;
  }
}

void change_refs(const std::filesystem::path& root, const std::function<bool(oci::Index&)>& change) {
  {
    oci::Index index = read_index(root);
    if (!change(index)) return;  // also in a store that may only be read
  }
  const auto lock = lock_index(root);
  oci::Index index = read_index(root);
  if (!change(index)) return;
  // Another process may have renamed a blob that is named here, and not have synced the folder yet.
  sync_folder(root / "blobs/sha256");
  replace_file(root, "index.json", render(index));
}

bool replace_ref(oci::Index& index, const std::string& name, const oci::Descriptor& descriptor) {
  oci::Descriptor entry = descriptor;
  if (!name.empty()) entry.annotations[std::string(oci::ref_name_annotation)] = name;
  const auto has_name = [&](const oci::Descriptor& other) { return ref_name(other) == name; };
  const auto first = std::ranges::find_if(index.manifests, has_name);
  if (first == index.manifests.end()) {
    index.manifests.push_back(std::move(entry));
    return true;
  }
  if (*first == entry && std::ranges::count_if(index.manifests, has_name) == 1) return false;
  *first = std::move(entry);
  index.manifests.erase(std::remove_if(first + 1, index.manifests.end(), has_name), index.manifests.end());
  return true;
}

std::map<std::string, oci::Descriptor> refs_of(const oci::Index& index) {
  std::map<std::string, oci::Descriptor> out;
  for (oci::Descriptor entry : index.manifests) {
    const std::string name = ref_name(entry);
    if (name.empty()) continue;
    entry.annotations.erase(std::string(oci::ref_name_annotation));
    out.insert_or_assign(name, std::move(entry));
  }
  return out;
}

}  // namespace lapstrake::store
