#include <lapstrake/app/images/vendor_folder.hpp>

#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>

namespace lapstrake::app {
namespace {

constexpr std::size_t most_manifest_bytes = 8u << 20;

template <class Act>
auto with_cure(Act&& act) {
  try {
    return act();
  } catch (Error& error) {
    error.helped_by(std::string(vendor_again));
    throw;
  }
}

}  // namespace

oci::Index index_of(const std::filesystem::path& folder) {
  const auto file = folder / "index.json";
  return with_cure([&] {
    return oci::parse_index(read_file(file, most_manifest_bytes), oci::media_type::index, cat("`", file.string(), "`"));
  });
}

VendorFolder::VendorFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

std::filesystem::path VendorFolder::blob_path(const oci::Digest& digest) const {
  return folder_ / "blobs/sha256" / digest.hex();
}

bool VendorFolder::has(const oci::Digest& digest) const {
  std::error_code failure;
  return std::filesystem::is_regular_file(blob_path(digest), failure);
}

std::optional<oci::Descriptor> VendorFolder::root(const oci::Digest& digest) const {
  for (auto entry : index_of(folder_).manifests)
    if (entry.digest == digest && has(digest)) {
      entry.annotations.clear();
      return entry;
    }
  return std::nullopt;
}

Source VendorFolder::open(const oci::Descriptor& blob) const {
  auto bytes = with_cure([&] {
    return oci::verified(file_source(blob_path(blob.digest)), blob.digest, blob.size,
                         cat("blob ", blob.digest.text(), " of `", folder_.string(), "`"));
  });
  return [bytes = std::move(bytes)](std::span<std::byte> room) { return with_cure([&] { return bytes(room); }); };
}

std::string VendorFolder::text(const oci::Descriptor& blob) const {
  return read_all(open(blob), most_manifest_bytes, cat("blob ", blob.digest.brief(), " of `", folder_.string(), "`"));
}

oci::ImageReader VendorFolder::reader(const std::string& name, const oci::Descriptor& root) const {
  return {.name = name,
          .root = [root] { return root; },
          .text = [self = *this](const oci::Descriptor& blob) { return self.text(blob); },
          .open = [self = *this](const oci::Descriptor& blob) { return self.open(blob); }};
}

void VendorFolder::verify(const oci::Descriptor& blob, const std::stop_token& stop) const {
  drain(
      open(blob), [](Bytes) {}, stop);
}

std::optional<VendorFolder> open_vendor_folder(const Context& context) {
  std::error_code failure;
  if (!context.bases.vendor_folder || !std::filesystem::exists(*context.bases.vendor_folder / "index.json", failure))
    return std::nullopt;
  return VendorFolder(*context.bases.vendor_folder);
}

}  // namespace lapstrake::app
