#include <archive.h>
#include <libdeflate.h>
#include <zstd.h>

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/write.hpp>
#include <lapstrake/oci/media_type.hpp>

#include "codec.hpp"
#include "pieces.hpp"

namespace lapstrake::layers {
namespace {

// We refuse to read a longer one (ReadLimits), and no registry for containers takes it: a hole of a TiB is a mistake.
constexpr std::uint64_t most_tar_bytes = std::uint64_t{32} << 30;

void refuse_giants(const std::vector<Entry>& entries) {
  const std::uint64_t size = estimated_tar_size(entries);
  if (size <= most_tar_bytes) return;
  const auto biggest =
      std::max_element(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.size < b.size; });
  throw Error(
      Fault::input,
      cat("the layer would be ", human_size(size), ", and no layer may be more than ", human_size(most_tar_bytes)),
      "leave big files away with `exclude:`, or split the layer")
      .because(cat("its biggest file is `", printable(biggest->path, 4096), "` with ", human_size(biggest->size)));
}

// Hashes and counts what passes.
class Meter {
 public:
  void write(Bytes bytes) {
    hash_.write(bytes);
    size_ += bytes.size();
  }
  std::uint64_t size() const { return size_; }
  oci::Digest digest() { return oci::Digest(hash_.finish()); }

 private:
  Sha256 hash_;
  std::uint64_t size_ = 0;
};

std::string_view media_type(oci::Codec codec) {
  switch (codec) {
    case oci::Codec::gzip: return oci::media_type::layer_gzip;
    case oci::Codec::zstd: return oci::media_type::layer_zstd;
    case oci::Codec::none: break;
  }
  return oci::media_type::layer;
}

}  // namespace

std::uint64_t estimated_tar_size(const std::vector<Entry>& entries) {
  std::uint64_t size = 1024;
  for (const Entry& entry : entries) size += 512 + (entry.kind == Kind::file ? (entry.size + 511) / 512 * 512 : 0);
  return size;
}

Written write_layer(const std::vector<Entry>& entries, const WriteOptions& options, const Sink& sink) {
  refuse_giants(entries);
  const oci::Codec codec = options.compression.codec;
  const int level = level_of(options.compression);
  TarPieces pieces(entries, options.mtime, cut_rule(codec));
  Meter tar, blob;
  const auto next = [&]() -> std::optional<Piece> {
    stop_point(options.stop);
    auto piece = pieces.next();
    if (!piece) return piece;
    tar.write(*piece);  // here, while it is warm
    if (options.progress) options.progress(tar.size());
    return piece;
  };
  const Sink out = [&](Bytes bytes) {
    blob.write(bytes);
    sink(bytes);
  };
  if (codec == oci::Codec::none) {
    while (const auto piece = next()) sink(*piece);
    const oci::Digest digest = tar.digest();
    return {digest, digest, tar.size(), tar.size(), std::string(media_type(codec))};
  }
  if (codec == oci::Codec::gzip) {
    GzipMember member(out);
    ordered_pipeline<Piece, GzipPiece>(
        options.jobs, next, [&](Piece&& piece) { return gzip_piece(piece, level); },
        [&](GzipPiece&& piece) { member.add(piece); }, options.stop);
    member.finish();
  } else {
    ordered_pipeline<Piece, std::string>(
        options.jobs, next, [&](Piece&& piece) { return zstd_frame(piece, level); },
        [&](std::string&& frame) { out(as_bytes(frame)); }, options.stop);
  }
  return {tar.digest(), blob.digest(), tar.size(), blob.size(), std::string(media_type(codec))};
}

std::string byte_format() {
  return cat("1 (", archive_version_string(), ", libdeflate ", LIBDEFLATE_VERSION_STRING, ", zstd ",
             ZSTD_versionString(), ")");
}

}  // namespace lapstrake::layers
