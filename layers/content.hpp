// Reads the content of an entry and detects changes to host files while they are read.
#pragma once
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/layers/entry.hpp>
#include <string_view>

struct stat;

namespace lapstrake::layers {

// The stat signature of a host file, for a later comparison.
FileStamp stamp_of(const struct stat& status);

// Reads exactly `size` bytes of the content, starting at `from`. A host file must have its listed stamp when it is
// opened and after its last byte was read, else Error{input} "changed while it was read". Replacing the file by a link
// is detected too, since the inode differs.
class ContentReader {
 public:
  ContentReader(const Entry& entry, std::uint64_t from, std::uint64_t size);
  // Fills the front of `room`; 0 at the end.
  std::size_t read(std::span<std::byte> room);

 private:
  std::size_t read_text(std::span<std::byte> room);
  std::size_t read_file(std::span<std::byte> room);
  void open_content_file(const ContentFile& file);
  void expect_unchanged() const;
  [[noreturn]] void changed(std::string_view how) const;

  const Entry& entry_;
  FileDescriptor file_;
  std::uint64_t at_, end_;
};

}  // namespace lapstrake::layers
