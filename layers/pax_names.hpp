// Names in pax headers that hold a NUL. libarchive cuts them there without a word.
#pragma once
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <string>

namespace lapstrake::layers {

// The blocks that a tar reader takes while it reads the headers of one entry, so that they can be looked at as they
// are. Nothing is copied unless the headers are in more than one block.
class HeaderBytes {
 public:
  // Before the next block is made, since that may take the last one's place. Error{integrity} when the headers of one
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
  std::string kept_;                          // what is before the block, from kept_at_ on
  bool keeps_ = false;
};

// Whether one of the extended headers (ustar types x and g, POSIX.1-2017 pax, "pax Extended Header") at the beginning
// of `headers` has a `path` or `linkpath` with a NUL. The blocks after them are not looked at, nor is what is no such
// header: its reader says so.
bool has_nul_in_name(std::string_view headers);

}  // namespace lapstrake::layers
