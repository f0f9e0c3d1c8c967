// libarchive, with the settings that make its bytes stable (facts in docs/design.md, "The tar dialect").
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
// whole-second times, no names of owners. Every return code but ARCHIVE_OK is an Error.
class TarWriter {
 public:
  // The sink gets at least `block` bytes at once (but for the last); 0: each header, each data(), each padding as it
  // comes.
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

// A header as it was read. `path` is the archive's own without `./`, `//` and a trailing `/` ("" is the root itself); a
// leading
// `/` and `..` stay, since the reader must judge them. Device nodes, FIFOs and sockets come with kind file, size 0 and
// `special`.
struct TarEntry : Entry {
  bool special = false;
  std::int64_t mtime = 0;
};

// What a stream may cost: a bomb ends at these, not at the end of memory or time. Error{integrity} beyond them.
struct ReadLimits {
  std::uint64_t most_entries = limits::layer_entries;
  std::uint64_t most_bytes = limits::layer_bytes;  // out of the compression, and of all files together
  std::stop_token stop = {};
};
using EachEntry = std::function<void(const TarEntry&, const Source& data)>;

// Reads a tar stream, plain or compressed by gzip or zstd (libarchive, these formats alone). For each entry calls
// `each` with its header (content empty, kind hardlink resolved as libarchive says) and a Source of its data, which
// need not be read. The stream is always read to its end, so that a check there (oci::verified) is made. Names are the
// bytes of the archive, whatever the locale. Error{integrity} for what is not such a tar, is cut short, or is beyond
// the limits.
void read_tar(const Source& stream, std::string_view what, const EachEntry& each, const ReadLimits& limits = {});

// The same for archives of users: tar, plain or compressed by gzip, bzip2, xz or zstd, and zip, in an open file that
// can be sought.
void read_archive(int fd, std::string_view what, const EachEntry& each, const ReadLimits& limits = {});

}  // namespace lapstrake::layers
