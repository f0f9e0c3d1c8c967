// The records of a zip file as APPNOTE.TXT 6.3 defines them (section numbers in comments), each read strictly. zip.hpp
// compares them with each other.
#pragma once
#include <cstdint>
#include <lapstrake/packages/random_access.hpp>
#include <string>
#include <string_view>

namespace lapstrake::packages {

// Why a zip file is refused.
struct ZipFlaw {
  std::string why;
};
// Error{integrity}: "WHAT is not a valid zip file", because of the flaw.
[[noreturn]] void refuse_zip(std::string_view what, const ZipFlaw& flaw);
// "the entry `a/b` is encrypted"
[[noreturn]] void refuse_entry(std::string_view name, std::string_view flaw);

// The end of the central directory record, with its ZIP64 form (4.3.14 to 4.3.16).
struct ZipEnd {
  std::uint64_t entries = 0, directory_size = 0, directory_offset = 0;
  std::uint64_t offset = 0;  // of the first end record
};
// ZipFlaw: no end record or two, bytes after it, parts on other disks, ZIP64 records that differ.
ZipEnd read_zip_end(const RandomAccess& file);

// A central header, or a local one (4.3.7, 4.3.12); ZIP64 sizes are in place.
struct ZipHeader {
  std::uint16_t flags = 0, method = 0;
  std::uint32_t crc = 0;
  std::uint64_t packed_size = 0, size = 0;
  std::string name;
  std::uint64_t length = 0;  // bytes of the header
  // Of a central header only.
  std::uint64_t offset = 0;      // of the local header
  std::uint32_t attributes = 0;  // external; a Unix mode in the upper half

  // 4.4.4: bit 3. The local header may have zeros, and a data descriptor follows the data.
  bool has_descriptor() const { return (flags & 1u << 3) != 0; }
  bool is_marked_utf8() const { return (flags & 1u << 11) != 0; }
  bool is_encrypted() const { return (flags & (1u << 0 | 1u << 6 | 1u << 13)) != 0; }
};
// Reads the header at the front of `directory` and removes it there.
ZipHeader take_central_header(std::string_view& directory);
// `name`: of the central header, for messages.
ZipHeader read_local_header(const RandomAccess& file, std::uint64_t offset, std::string_view name);

// A data descriptor (4.3.9) of `size` bytes must repeat the numbers of the entry's header. ZipFlaw otherwise.
void check_descriptor(const RandomAccess& file, std::uint64_t offset, std::uint64_t size, const ZipHeader& header);

// `size` bytes of the file at `offset`, which the caller has compared with its size.
std::string read_part(const RandomAccess& file, std::uint64_t offset, std::uint64_t size);

}  // namespace lapstrake::packages
