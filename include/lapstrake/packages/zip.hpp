// Reads zip files strictly: two tools cannot see different files in an archive that this reader accepts. For wheels,
// whose content must not be ambiguous.
#pragma once
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/packages/random_access.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages {

struct ZipEntry {
  std::string name;  // UTF-8; that of a folder ends with "/"
  bool is_folder = false;
  bool is_executable = false;  // any x bit of a Unix mode
  std::uint16_t method = 0;    // 0 stored, 8 deflated
  std::uint32_t crc = 0;
  std::uint64_t packed_size = 0, size = 0, data_offset = 0;
};

class Zip {
 public:
  // Reads the central directory and every local header. Error{integrity} naming `what` for: no or a second end record,
  // bytes that belong to no entry or header, entries that overlap or lie outside, local and central headers or data
  // descriptors that differ, encryption, methods other than stored and deflated, names that are absolute or have `..`,
  // `.` or empty parts, `\` or NUL, names that are not UTF-8 or not marked as UTF-8, duplicates, a file that is also a
  // folder, symbolic links and special files, split archives; more entries or bytes than limits allow
  // (base/limits.hpp). Names that differ in case only are fine: pip accepts them, and images have Linux file systems.
  // (APPNOTE.TXT 6.3; PyPA, "Binary distribution format")
  Zip(RandomAccess file, std::string what);
  const std::vector<ZipEntry>& entries() const { return entries_; }  // in the order of the central directory
  const ZipEntry* find(std::string_view name) const;                 // nullptr if there is no such entry
  // Writes the content to `sink`, at most `entry.size` bytes. Error{integrity} when the content differs from its size
  // or CRC, or has bytes after its end.
  void read(const ZipEntry& entry, const Sink& sink) const;
  // The content of a small file. Error{integrity} beyond `most` bytes.
  std::string text(const ZipEntry& entry, std::size_t most = 4u << 20) const;

 private:
  RandomAccess file_;
  std::string what_;
  std::vector<ZipEntry> entries_;
  std::vector<std::size_t> by_name_;  // of entries_; a folder is directly before its content
};

}  // namespace lapstrake::packages
