// What is known of a layer's blob besides its bytes: where its pieces lie and what went into them. With it a changed
// file costs its own pieces, not the layer. It is a cache: nothing in it may change a digest.
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

// GMAC (NIST SP 800-38D) under a key that is drawn for each index and kept in it: at several times the speed of a
// cryptographic hash, nobody who has not read the store can make two contents with one tag.
using ContentMac = std::array<std::byte, 16>;

struct PieceRecord {
  std::uint64_t at = 0;          // where it begins in the blob
  std::uint32_t size = 0;        // in the blob
  std::uint32_t raw_size = 0;    // in the tar
  std::uint32_t crc = 0;         // CRC-32 of the raw bytes (gzip alone)
  std::uint32_t first_part = 0;  // in `parts`; the next piece's is its end
  // What decides the raw bytes as far as it shows without reading a file: headers, and how the files looked. Zeros when
  // a file was too fresh for its looks to tell (see fingerprint.hpp).
  Sha256Sum stamp{};
  ContentMac content{}, packed{};  // of the headers and the files' tags; of the bytes in the blob
  Sha256State tar{};               // of the diff_id, behind this piece
};

struct LayerIndex {
  std::string byte_format;
  oci::Codec codec = oci::Codec::gzip;
  int level = 0;
  ContentMac key{};
  std::deque<PieceRecord> pieces;  // a large layer has 100,000: no copy of them, not even to grow
  std::deque<ContentMac> parts;    // of the files' contents, as they follow each other in the pieces

  std::size_t end_of_parts(std::size_t piece) const {
    return piece + 1 < pieces.size() ? pieces[piece + 1].first_part : parts.size();
  }
};

// As it is kept on disk; the checksum in it finds damage, and what is damaged or of another version is nothing.
void write_index(const LayerIndex& index, const Sink& sink);
std::optional<LayerIndex> layer_index(std::string_view bytes);

// The layer that an earlier build made in the same place.
struct PreviousLayer {
  LayerIndex index;
  FileDescriptor blob;
};

}  // namespace lapstrake::layers
