#include <lapstrake/app/packages/archives.hpp>

#include <lapstrake/app/images/offline.hpp>
#include <lapstrake/app/images/vendor_folder.hpp>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/cache_entries.hpp>

namespace lapstrake::app {
namespace {

oci::Descriptor blob_of(const packages::LockedFile& file) {
  return {.media_type = {}, .digest = file.digest, .size = file.size};
}

// Read from the project's folder, which needs no network.
bool is_of_project(const packages::LockedFile& file) {
  return !file.url.empty() && file.url.find("://") == std::string::npos;
}

std::string shown(const packages::LockedFile& file) { return cat("`", printable(file.name, 400), "`"); }

}  // namespace

Archives::Archives(const Context& context, store::Store store)
    : context_(context), store_(std::move(store)), vendor_folder_(open_vendor_folder(context)) {}

std::filesystem::path Archives::take(const packages::LockedFile& file, const Download& download) const {
  const auto blob = blob_of(file);
  note([&](auto& used) { used.blobs.insert(file.digest); });
  if (store_.has(blob)) return store_.blob_path(file.digest);
  if (vendor_folder_ && vendor_folder_->has(file.digest)) {
    auto out = store_.new_blob();
    drain(
        vendor_folder_->open(blob), [&](Bytes bytes) { out.write(bytes); }, context_.runtime.stop);
    out.commit(file.digest);
  } else if (context_.connection.offline && !is_of_project(file)) {
    throw not_available_offline(context_, shown(file));
  } else {
    download(file);
  }
  return store_.blob_path(file.digest);
}

packages::UnpackedArchive Archives::unpacked(const packages::LockedFile& file, const Unpacker& unpacker,
                                             const Download& download) const {
  return step(cat("unpacking ", shown(file)), [&] {
    const auto identity = cat(unpacker.kind, " ", unpacker.expectation(file), " ", file.digest.text());
    const auto key = oci::Digest::of(identity);
    const auto path = store::cache_entry_path(store_, store::unpacked_kind, key);
    const auto open = [&] { return packages::UnpackedArchive::open(path, shown(file), identity); };
    note([&](auto& used) { used.blobs.insert(file.digest), used.unpacked.insert(key); });
    if (auto found = open()) return std::move(*found);
    drop_if_damaged(file);
    const auto archive = take(file, download);
    store::keep_required_entry(store_, store::unpacked_kind, key, [&](const Sink& sink) {
      packages::UnpackedArchiveWriter writer(sink);
      unpacker.unpack(file, archive, writer);
      writer.finish();
    });
    auto made = open();
    if (!made) throw Error(ErrorKind::internal, cat("cannot read `", path.string(), "`, which was just written"));
    return std::move(*made);
  });
}

std::vector<packages::UnpackedArchive> Archives::unpacked(const std::vector<packages::LockedFile>& files,
                                                          const Unpacker& unpacker, const Download& download) const {
  std::vector<std::optional<packages::UnpackedArchive>> done(files.size());
  parallel_for_each(
      files.size(), std::max(context_.jobs, most_transfers),
      [&](std::size_t i) { done[i] = unpacked(files[i], unpacker, download); }, context_.runtime.stop);
  std::vector<packages::UnpackedArchive> out;
  for (auto& archive : done) out.push_back(std::move(*archive));
  return out;
}

// A tarball has no checksums of its members, so that damage on the disk would become part of an image.
void Archives::drop_if_damaged(const packages::LockedFile& file) const {
  const auto blob = blob_of(file);
  if (!store_.has(blob)) return;
  Sha256 hash;
  const auto path = store_.blob_path(file.digest);
  drain(
      file_source(path), [&](Bytes bytes) { hash.write(bytes); }, context_.runtime.stop);
  std::error_code ignored;
  if (oci::Digest(hash.finish()) != file.digest) std::filesystem::remove(path, ignored);
}

store::ArchivesInUse Archives::used() const {
  const std::lock_guard lock(used_->mutex);
  return used_->archives;
}

void Archives::note(const std::function<void(store::ArchivesInUse&)>& add) const {
  const std::lock_guard lock(used_->mutex);
  add(used_->archives);
}

}  // namespace lapstrake::app
