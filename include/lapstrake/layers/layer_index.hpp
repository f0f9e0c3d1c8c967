// The index of a layer's blob: offsets of its pieces and MACs of their content. With it only the pieces of a changed
// file are rebuilt, not the whole layer. It is a cache: it must never change a digest.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::layers {

// A GMAC (NIST SP 800-38D) under a random key per index, stored in it. It is several times faster than a cryptographic
// hash, and without access to the store nobody can create two contents with the same MAC.
using ContentMac = std::array<std::byte, 16>;

struct PieceRecord {
  std::uint64_t at = 0;          // its offset in the blob
  std::uint32_t size = 0;        // in the blob
  std::uint32_t raw_size = 0;    // in the tar
  std::uint32_t crc = 0;         // CRC-32 of the raw bytes (gzip alone)
  std::uint32_t first_part = 0;  // index in `parts`; up to the next piece's first_part
  // A hash of everything that determines the raw bytes without reading files: headers and file stamps. Zeros when a
  // file was modified too recently for its stamp to be reliable (see fingerprint.hpp).
  Sha256Sum stamp{};
  ContentMac content{}, packed{};  // of the headers and the parts' MACs; of the bytes in the blob
  Sha256State tar{};               // of the diff_id, after this piece
};

struct LayerIndex {
  std::string byte_format;
  oci::Codec codec = oci::Codec::gzip;
  int level = 0;
  ContentMac key{};
  std::deque<PieceRecord> pieces;  // a deque: a large layer has 100,000, too many to copy when growing
  std::deque<ContentMac> parts;    // of the files' contents, in the order of the pieces

  std::size_t end_of_parts(std::size_t piece) const {
    return piece + 1 < pieces.size() ? pieces[piece + 1].first_part : parts.size();
  }
};

// Serialization with a checksum. layer_index() returns nullopt for damaged bytes or another version.
void write_index(const LayerIndex& index, const Sink& sink);
std::optional<LayerIndex> layer_index(std::string_view bytes);

// The layer that an earlier build wrote for the same image, platform and layer name.
struct PreviousLayer {
  LayerIndex index;
  FileDescriptor blob;
};

}  // namespace lapstrake::layers
