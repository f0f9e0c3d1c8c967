#include "vendored.hpp"

#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>
#include <lapstrake/oci/media_type.hpp>

namespace lapstrake::app {
namespace {

constexpr std::size_t most_text = 8u << 20;

}  // namespace

Vendored::Vendored(std::filesystem::path folder) : folder_(std::move(folder)) {}

std::filesystem::path Vendored::blob_path(const oci::Digest& digest) const {
  return folder_ / "blobs/sha256" / digest.hex();
}

bool Vendored::has(const oci::Digest& digest) const {
  std::error_code failure;
  return std::filesystem::is_regular_file(blob_path(digest), failure);
}

std::optional<oci::Descriptor> Vendored::root(const oci::Digest& digest) const {
  const auto file = folder_ / "index.json";
  const auto what = cat("`", file.string(), "`");
  for (auto entry : oci::parse_index(read_file(file, most_text), oci::media_type::index, what).manifests)
    if (entry.digest == digest) {
      entry.annotations.clear();
      return entry;
    }
  return std::nullopt;
}

Source Vendored::open(const oci::Descriptor& blob) const {
  return oci::verified(file_source(blob_path(blob.digest)), blob.digest, blob.size,
                       cat("blob ", blob.digest.text(), " of `", folder_.string(), "`"));
}

std::string Vendored::text(const oci::Descriptor& blob) const {
  return read_all(open(blob), most_text, cat("blob ", blob.digest.brief(), " of `", folder_.string(), "`"));
}

void Vendored::verify(const oci::Descriptor& blob, const std::stop_token& stop) const {
  drain(
      open(blob), [](Bytes) {}, stop);
}

std::optional<Vendored> vendored(const Context& context) {
  std::error_code failure;
  if (!context.vendored || !std::filesystem::exists(*context.vendored / "index.json", failure)) return std::nullopt;
  return Vendored(*context.vendored);
}

}  // namespace lapstrake::app
