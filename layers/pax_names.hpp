// Finds names with a NUL in pax headers, which libarchive silently truncates.
#pragma once
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <string>

namespace lapstrake::layers {

// Gives access to the raw header bytes of one entry while a tar reader consumes blocks. Nothing is copied unless the
// headers span more than one block.
class HeaderBytes {
 public:
  // Call it before the next block is read, which may overwrite the last one. Error{integrity} when the headers of one
  // entry are longer than limits::tar_headers.
  void release_block();
  void next_block(Bytes block) { block_ = block; }
  // `at`: how many bytes of the tar were consumed before these headers.
  void begin(std::uint64_t at);
  // The bytes from `at` to the end of the last block; valid until the next call.
  std::string_view end(std::uint64_t at);

 private:
  Bytes block_{};
  std::uint64_t block_at_ = 0, kept_at_ = 0;  // in the tar
  std::string kept_;                          // the bytes before the block, from kept_at_ on
  bool keeps_ = false;
};

// Whether one of the extended headers (ustar types x and g, POSIX.1-2017 pax, "pax Extended Header") at the beginning
// of `headers` has a `path` or `linkpath` with a NUL. Blocks after them are not checked, nor are other headers:
// the tar reader checks those.
bool has_nul_in_name(std::string_view headers);

}  // namespace lapstrake::layers
