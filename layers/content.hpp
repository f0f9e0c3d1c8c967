// The bytes of an entry, from wherever they are, with the proof that they are those of one moment.
#pragma once
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/layers/entry.hpp>
#include <string_view>

struct stat;

namespace lapstrake::layers {

// How the host's file looks now, for a later comparison.
FileStamp stamp_of(const struct stat& status);

// Reads exactly `size` bytes of the content, from `from` on. A host file must look as it was listed when it is opened
// and when its last byte was read; else Error{input} "changed while it was read" and never other bytes than those that
// were listed: what a link leads to that took the file's place has another inode.
class ContentReader {
 public:
  ContentReader(const Entry& entry, std::uint64_t from, std::uint64_t size);
  // Fills the front of `room`; 0 at the end.
  std::size_t read(std::span<std::byte> room);

 private:
  std::size_t read_text(std::span<std::byte> room);
  std::size_t read_file(std::span<std::byte> room);
  void expect_unchanged() const;
  [[noreturn]] void changed(std::string_view how) const;

  const Entry& entry_;
  FileDescriptor file_;
  std::uint64_t at_, end_;
};

}  // namespace lapstrake::layers
