// Reads and writes tars with libarchive, with the settings that keep its output stable (docs/design.md, "The tar
// dialect").
#pragma once
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/layers/entry.hpp>
#include <memory>
#include <stop_token>
#include <string>

namespace lapstrake::layers {

// Writes pax_restricted, xattrheader=SCHILY, hdrcharset=BINARY for names that are not ASCII, no block padding,
// whole-second times, no owner names. Every return code but ARCHIVE_OK is an Error.
class TarWriter {
 public:
  // The sink gets at least `block` bytes at a time, except at the end; 0: each header, data() and padding separately.
  TarWriter(Sink sink, std::int64_t mtime, std::size_t block = 64 << 10);
  ~TarWriter();  // without finish() the sink gets nothing more
  TarWriter(TarWriter&&) noexcept;
  TarWriter& operator=(TarWriter&&) noexcept;
  void header(const Entry& entry);  // for files with `size` > 0, followed by data() with exactly that many bytes
  void data(Bytes bytes);
  void finish();  // two zero blocks

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A header from an archive. `path` has no `./`, `//` or trailing `/` ("" is the root itself); a leading `/` and `..`
// are kept, since the caller must check them. Device nodes, FIFOs and sockets have kind file, size 0 and `special`.
struct TarEntry : Entry {
  bool special = false;
  std::int64_t mtime = 0;
};

// Limits that stop decompression bombs. Error{integrity} beyond them.
struct ReadLimits {
  std::uint64_t most_entries = limits::layer_entries;
  std::uint64_t most_bytes = limits::layer_bytes;  // decompressed, and of all files together
  std::stop_token stop = {};
};
using EachEntry = std::function<void(const TarEntry&, const Source& data)>;

// Compressions of a tar stream: those that layers of images may have, or all that packages have.
enum class Compressions { gzip_zstd, gzip_zstd_xz_bzip2 };

// Reads a tar stream, plain or compressed (only with these formats of libarchive). Calls `each` for every
// entry with its header (content empty, hard links as libarchive resolves them) and a Source of its data, which need
// not be read. The stream is always read to its end, so that a check there (oci::verified) runs. Names are the bytes in
// the archive, independent of the locale. Error{integrity} when it is not such a tar, is truncated, or exceeds the
// limits.
void read_tar(const Source& stream, std::string_view what, const EachEntry& each, const ReadLimits& limits = {},
              Compressions compressions = Compressions::gzip_zstd);

// The same for users' archives in an open seekable file: tar, plain or compressed with gzip, bzip2, xz or zstd, and
// zip.
void read_archive(int fd, std::string_view what, const EachEntry& each, const ReadLimits& limits = {});

}  // namespace lapstrake::layers
