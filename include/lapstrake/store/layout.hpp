// An image layout in a folder that other tools may write, too (image-spec image-layout.md): an output, or the folder of
// `lapstrake vendor`. Nothing in it is trusted: every blob is verified by its digest when it is read.
#pragma once
#include <filesystem>
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/image_reader.hpp>
#include <optional>
#include <stop_token>
#include <string>

namespace lapstrake::store {

class Layout {
 public:
  // `cure`: the help of all errors of reading.
  explicit Layout(std::filesystem::path folder, std::string cure = {});

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path blob_path(const oci::Digest& digest) const;
  // Whether it has the file `oci-layout`.
  bool exists() const;
  // Whether the folder has no files but those of killed runs.
  bool is_unused() const;

  bool has(const oci::Digest& digest) const;
  // Whether it has exactly this blob, whoever wrote it: reads the file and compares size and digest.
  bool has_intact(const oci::Descriptor& blob, const std::stop_token& stop) const;
  Source open(const oci::Descriptor& blob) const;  // fails at its end if size or digest differ
  std::string text(const oci::Descriptor& blob) const;
  oci::ImageReader reader(const std::string& name, const oci::Descriptor& root) const;

  // index.json; nothing when it is absent. Error{integrity} when it is damaged.
  std::optional<oci::Index> index() const;
  // The entry for the manifest or index, if index.json lists it (not as a child of another index) and its blob exists.
  std::optional<oci::Descriptor> find(const oci::Digest& digest) const;

  // Creates what is missing but index.json. Error{input} when the folder contains other files.
  void create() const;
  // Writes the bytes of `read` as the blob, unless it is there intact. Whether it was written. `read` verifies them.
  bool put(const oci::Descriptor& blob, const std::function<void(const Sink&)>& read,
           const std::stop_token& stop) const;
  // Hold base/lock_folder.hpp's lock meanwhile.
  void write_index(const oci::Index& index) const;

 private:
  std::filesystem::path folder_;
  std::string cure_;
};

// A new index without entries.
oci::Index empty_index();

}  // namespace lapstrake::store
