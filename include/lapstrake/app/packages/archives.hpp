// The archives of packages: from the store, the vendor folder or their source, in this order, and their unpacked form,
// which the store keeps (store/archives.hpp).
#pragma once
#include <filesystem>
#include <functional>
#include <lapstrake/app/context.hpp>
#include <lapstrake/packages/locked_file.hpp>
#include <lapstrake/packages/unpacked_archive.hpp>
#include <lapstrake/store/archives.hpp>
#include <lapstrake/store/layout.hpp>
#include <lapstrake/store/store.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

// How one kind of archive is verified and unpacked.
struct Unpacker {
  // "wheel 1". A change of the unpacked form needs a new number.
  std::string_view kind;
  // Everything but the archive's bytes that unpack() compares them with: the name that a wheel must have.
  std::function<std::string(const packages::LockedFile& file)> expectation;
  std::function<void(const packages::LockedFile& file, const std::filesystem::path& archive,
                     packages::UnpackedArchiveWriter& out)>
      unpack;
};

// Safe to use from several threads.
class Archives {
 public:
  // Stores the blob of `file`, which neither the store nor the vendor folder has, and verifies its digest.
  using Download = std::function<void(const packages::LockedFile& file)>;

  Archives(const Context& context, store::Store store);

  // The file with the archive. Without a network, Error{input} if it would be downloaded. A blob in the store of
  // another size is downloaded again.
  std::filesystem::path take(const packages::LockedFile& file, const Download& download) const;
  // Unpacks the archive once, in the store. An archive in the store that is damaged is taken again.
  packages::UnpackedArchive unpacked(const packages::LockedFile& file, const Unpacker& unpacker,
                                     const Download& download) const;
  // All files, several at once, in the order of `files`.
  std::vector<packages::UnpackedArchive> unpacked(const std::vector<packages::LockedFile>& files,
                                                  const Unpacker& unpacker, const Download& download) const;

  const store::Store& store() const { return store_; }
  // The archives that were taken so far.
  store::ArchivesInUse used() const;

 private:
  void note(const std::function<void(store::ArchivesInUse&)>& add) const;
  void drop_if_damaged(const packages::LockedFile& file) const;

  const Context& context_;
  store::Store store_;
  std::optional<store::Layout> vendor_folder_;
  struct Used {
    std::mutex mutex{};
    store::ArchivesInUse archives{};
  };
  std::unique_ptr<Used> used_ = std::make_unique<Used>();
};

}  // namespace lapstrake::app
