#include <zlib.h>

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/zip.hpp>
#include <span>
#include <vector>

#include "zip_records.hpp"

namespace lapstrake::packages {
namespace {

constexpr std::size_t packed_at_once = 64 << 10, unpacked_at_once = 256 << 10;

// Counts the bytes for the sink, and computes their CRC.
class CheckedSink {
 public:
  CheckedSink(const ZipEntry& entry, const Sink& sink) : entry_(entry), sink_(sink) {}
  void write(Bytes bytes) {
    if (bytes.size() > entry_.size - written_) refuse_entry(entry_.name, "is longer than its size");
    crc_ = crc32_z(crc_, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    written_ += bytes.size();
    if (!bytes.empty()) sink_(bytes);
  }
  void finish() const {
    if (written_ != entry_.size) refuse_entry(entry_.name, "is shorter than its size");
    if (crc_ != entry_.crc) refuse_entry(entry_.name, "has a wrong checksum");
  }

 private:
  const ZipEntry& entry_;
  const Sink& sink_;
  std::uint64_t written_ = 0;
  uLong crc_ = crc32_z(0, nullptr, 0);
};

// A raw DEFLATE stream (RFC 1951).
class RawInflater {
 public:
  RawInflater() {
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) throw Error(ErrorKind::internal, "zlib cannot start decompressing");
  }
  ~RawInflater() { inflateEnd(&stream_); }
  RawInflater(const RawInflater&) = delete;
  RawInflater& operator=(const RawInflater&) = delete;

  void write(Bytes packed, const ZipEntry& entry, CheckedSink& out) {
    // zlib does not write through it.
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    do {
      if (has_ended_) refuse_entry(entry.name, "has bytes after its end");
      stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      const int code = inflate(&stream_, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) refuse_entry(entry.name, "has damaged data");
      out.write(Bytes(buffer_).first(buffer_.size() - stream_.avail_out));
      has_ended_ = code == Z_STREAM_END;
    } while (stream_.avail_in > 0 || (!has_ended_ && stream_.avail_out == 0));
  }
  bool has_ended() const { return has_ended_; }

 private:
  z_stream stream_{};
  std::vector<std::byte> buffer_ = std::vector<std::byte>(unpacked_at_once);
  bool has_ended_ = false;
};

template <class Take>
void read_pieces(const RandomAccess& file, const ZipEntry& entry, const Take& take) {
  std::vector<std::byte> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(packed_at_once, entry.packed_size)));
  for (std::uint64_t done = 0; done < entry.packed_size;) {
    const auto size = std::min<std::uint64_t>(buffer.size(), entry.packed_size - done);
    const auto piece = std::span(buffer).first(static_cast<std::size_t>(size));
    file.read(entry.data_offset + done, piece);
    take(Bytes(piece));
    done += size;
  }
}

void unpack(const RandomAccess& file, const ZipEntry& entry, const Sink& sink) {
  CheckedSink out(entry, sink);
  if (entry.method == 0) {
    read_pieces(file, entry, [&](Bytes piece) { out.write(piece); });
  } else {
    RawInflater inflater;
    read_pieces(file, entry, [&](Bytes piece) { inflater.write(piece, entry, out); });
    if (!inflater.has_ended()) refuse_entry(entry.name, "has data that are cut");
  }
  out.finish();
}

}  // namespace

void Zip::read(const ZipEntry& entry, const Sink& sink) const {
  try {
    unpack(file_, entry, sink);
  } catch (const ZipFlaw& flaw) {
    refuse_zip(what_, flaw);
  }
}

std::string Zip::text(const ZipEntry& entry, std::size_t most) const {
  if (entry.size > most)
    throw Error(ErrorKind::integrity,
                cat("`", printable(entry.name, 400), "` in ", what_, " is longer than ", human_size(most)));
  std::string out;
  read(entry, [&](Bytes bytes) { out += as_text(bytes); });
  return out;
}

}  // namespace lapstrake::packages
