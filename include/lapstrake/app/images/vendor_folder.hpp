// Reads the folder that `lapstrake vendor` wrote. Nothing in it is trusted: every blob is verified by its digest.
#pragma once
#include <filesystem>
#include <lapstrake/app/context.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/image_reader.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::app {

// The help of all errors in such a folder.
inline constexpr std::string_view vendor_again = "run `lapstrake vendor` again on a host with a network";

class VendorFolder {
 public:
  explicit VendorFolder(std::filesystem::path folder);

  const std::filesystem::path& folder() const { return folder_; }
  bool has(const oci::Digest& digest) const;
  std::filesystem::path blob_path(const oci::Digest& digest) const;
  // The manifest or index of that digest, if index.json lists it (not as a child of another index) and its blob exists.
  // Error{integrity or input} if index.json cannot be used.
  std::optional<oci::Descriptor> root(const oci::Digest& digest) const;
  std::string text(const oci::Descriptor& blob) const;
  Source open(const oci::Descriptor& blob) const;  // fails at its end if the digest differs
  oci::ImageReader reader(const std::string& name, const oci::Descriptor& root) const;
  // Reads and verifies the blob, so that its file may be used afterwards.
  void verify(const oci::Descriptor& blob, const std::stop_token& stop) const;

 private:
  std::filesystem::path folder_;
};

// Reads index.json. Error{integrity or input} with the help text.
oci::Index index_of(const std::filesystem::path& folder);

// Nothing if there is no such folder.
std::optional<VendorFolder> open_vendor_folder(const Context& context);

}  // namespace lapstrake::app
