#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/store/image_files.hpp>

#include "closure.hpp"
#include "layout_files.hpp"
#include "lock.hpp"
#include "refs.hpp"

namespace lapstrake::store {
namespace {

bool is_absent(const std::filesystem::path& path) {
  std::error_code ignored;
  return !std::filesystem::exists(path, ignored);
}

// Temporary files of killed runs do not count.
bool has_nothing(const std::filesystem::path& folder) {
  std::error_code failure;
  for (std::filesystem::directory_iterator each(folder, failure), end; !failure && each != end; each.increment(failure))
    if (!is_temporary_name(each->path().filename().string())) return false;
  if (failure) throw Error(ErrorKind::input, cat("cannot list `", folder.string(), "`: ", reason(failure.value())));
  return true;
}

void make_layout(const std::filesystem::path& folder) {
  if (!is_absent(folder / "oci-layout"))
    return check_layout_text(read_file(folder / "oci-layout", most_text_bytes),
                             cat("`", (folder / "oci-layout").string(), "`"));
  if (!has_nothing(folder))
    throw Error(ErrorKind::input,
                cat("cannot write an image layout into `", folder.string(), "`: it contains other files"),
                "use a new folder or an existing layout");
  write_file(folder / "oci-layout", layout_text);
}

FileDescriptor lock_folder(const std::filesystem::path& folder) {
  FileDescriptor lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock) throw Error(ErrorKind::input, cat("cannot open `", folder.string(), "`: ", reason(errno)));
  wait_for_lock(lock, LockMode::exclusive, folder);
  return lock;
}

// Another tool may have written it, so the bytes are verified.
bool is_there(const std::filesystem::path& path, const oci::Descriptor& blob, const std::stop_token& stop) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored) || std::filesystem::file_size(path, ignored) != blob.size)
    return false;
  Sha256 hash;
  drain(
      file_source(path), [&](Bytes bytes) { hash.write(bytes); }, stop);
  return oci::Digest(hash.finish()) == blob.digest;
}

void copy_blob(const Store& store, const oci::Descriptor& blob, const std::filesystem::path& folder,
               const std::stop_token& stop) {
  const auto target = folder / blob_name(blob.digest);
  if (is_there(target, blob, stop)) return;
  AtomicFile file(folder, {}, AtomicFile::Aside::unnamed);
  drain(
      store.open_blob(blob), [&](Bytes bytes) { file.write(bytes); }, stop);
  file.publish(target, 0644);
}

}  // namespace

void write_layout(const Store& store, const oci::Descriptor& root, const std::filesystem::path& folder,
                  const std::string& tag, const std::stop_token& stop) {
  make_folder(folder);
  const auto lock = lock_folder(folder);
  make_layout(folder);
  make_folder(folder / "blobs");
  make_folder(folder / "blobs/sha256");
  oci::Index index = is_absent(folder / "index.json") ? empty_index() : read_layout_index(folder / "index.json");
  for (const auto& blob : exported_blobs(store, root)) copy_blob(store, blob, folder, stop);
  if (replace_ref(index, tag, root) || is_absent(folder / "index.json"))
    write_file(folder / "index.json", render(index));
}

}  // namespace lapstrake::store
