// libarchive, with the settings that make its bytes stable (facts in docs/design.md, "The tar dialect").
#pragma once
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/layers/entry.hpp>
#include <memory>
#include <string>

namespace lapstrake::layers {

// Writes pax_restricted, xattrheader=SCHILY, hdrcharset=BINARY, no block padding, whole-second times, no names of owners.
// Every return code but ARCHIVE_OK is an Error.
class TarWriter {
 public:
  TarWriter(Sink sink, std::int64_t mtime);
  ~TarWriter();
  void header(const Entry& entry);  // for files with `size` > 0, followed by data() with exactly that many bytes
  void data(Bytes bytes);
  void finish();  // two zero blocks

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Reads a tar stream, plain or compressed by gzip or zstd (libarchive, these formats alone). For each entry calls `each` with
// its header (content empty, kind hardlink resolved as libarchive says) and a Source of its data, which need not be read.
// Device nodes, FIFOs and sockets come with kind file, size 0 and `special` true.
struct TarEntry : Entry {
  bool special = false;
  std::int64_t mtime = 0;
};
void read_tar(const Source& stream, std::string_view what, const std::function<void(const TarEntry&, const Source& data)>& each);

}  // namespace lapstrake::layers
