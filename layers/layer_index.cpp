#include <lapstrake/layers/layer_index.hpp>

#include <lapstrake/base/records.hpp>

namespace lapstrake::layers {
namespace {

constexpr std::string_view layer_index_magic = "lapstrake layer index 1\n";
constexpr std::size_t record_size = 14 * 8 + 32 + 16 + 16;

void write(RecordWriter& out, const PieceRecord& piece) {
  for (const std::uint64_t number : {piece.at, std::uint64_t{piece.size}, std::uint64_t{piece.raw_size},
                                     std::uint64_t{piece.crc}, std::uint64_t{piece.first_part}})
    out.number(number);
  out.fixed(piece.stamp);
  out.fixed(piece.content);
  out.fixed(piece.packed);
  for (const std::uint32_t word : piece.tar.words) out.number(word);
  out.number(piece.tar.bytes);
}

PieceRecord read(RecordReader& in) {
  PieceRecord piece;
  const auto small = [&] { return static_cast<std::uint32_t>(in.number()); };
  piece.at = in.number();
  piece.size = small();
  piece.raw_size = small();
  piece.crc = small();
  piece.first_part = small();
  piece.stamp = in.fixed<32>();
  piece.content = in.fixed<16>();
  piece.packed = in.fixed<16>();
  for (std::uint32_t& word : piece.tar.words) word = small();
  piece.tar.bytes = in.number();
  return piece;
}

// Pieces follow each other, and so do their parts.
bool is_sound(const LayerIndex& index) {
  std::uint64_t at = 0, raw = 0;
  std::uint32_t part = 0;
  for (const PieceRecord& piece : index.pieces) {
    raw += piece.raw_size;
    if (piece.raw_size % 512 != 0 || piece.at < at || piece.first_part < part ||
        piece.first_part > index.parts.size() || piece.tar.bytes != raw)
      return false;
    at = piece.at + piece.size;
    part = piece.first_part;
  }
  return true;
}

}  // namespace

void write_index(const LayerIndex& index, const Sink& sink) {
  sink(as_bytes(layer_index_magic));
  SummedSink summed(sink);
  RecordWriter out;
  out.text(index.byte_format);
  out.number(static_cast<std::uint64_t>(index.codec));
  out.number(static_cast<std::uint64_t>(index.level));
  out.fixed(index.key);
  out.number(index.pieces.size());
  for (const PieceRecord& piece : index.pieces) {
    write(out, piece);
    summed.write_if_full(out);
  }
  out.number(index.parts.size());
  for (const ContentMac& mac : index.parts) {
    out.fixed(mac);
    summed.write_if_full(out);
  }
  summed.write(out);
  summed.finish();
}

std::optional<LayerIndex> layer_index(std::string_view bytes) {
  const auto body = summed_body(bytes, layer_index_magic);
  if (!body) return std::nullopt;
  RecordReader in(*body);
  LayerIndex index;
  index.byte_format = in.text();
  index.codec = static_cast<oci::Codec>(in.number());
  index.level = static_cast<int>(in.number());
  index.key = in.fixed<16>();
  index.pieces.resize(in.count(record_size));
  for (PieceRecord& piece : index.pieces) piece = read(in);
  index.parts.resize(in.count(sizeof(ContentMac)));
  for (ContentMac& mac : index.parts) mac = in.fixed<16>();
  if (in.failed() || !in.ended() || !is_sound(index)) return std::nullopt;
  return index;
}

}  // namespace lapstrake::layers
