// An archive that was verified and unpacked once: its members, and one file with their decompressed content. The store
// keeps it by the digest of the archive, so that later builds neither verify nor decompress again.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/packages/random_access.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages {

struct Member {
  std::string path;  // in the archive, normalised: relative, no "." or "..", no trailing "/"
  layers::Kind kind = layers::Kind::file;
  std::uint32_t mode = 0644;
  std::uint32_t uid = 0, gid = 0;
  std::uint64_t offset = 0, size = 0;  // of a file's content
  std::string target = {};             // of a symlink, unchanged; of a hard link, the path of another member
};

class UnpackedArchive {
 public:
  // `what`: the archive, for messages.
  UnpackedArchive(std::string what, std::vector<Member> members, std::shared_ptr<const layers::ContentFile> content);
  // From a file that UnpackedArchiveWriter wrote; nothing if it is incomplete, damaged or of another version.
  // `identity`: what decides its content (layers::ContentFile).
  static std::optional<UnpackedArchive> open(const std::filesystem::path& path, std::string what, std::string identity);

  const std::string& what() const { return *what_; }
  const std::vector<Member>& members() const { return members_; }  // sorted by path
  const Member* find(std::string_view path) const;
  // The content of a small file. Error{integrity} beyond `most` bytes.
  std::string text(const Member& member, std::size_t most = 4u << 20) const;
  // The first bytes of a file, at most `most`.
  std::string head(const Member& member, std::size_t most) const;
  // An entry with the member's attributes and content, at `path` in the image.
  layers::Entry entry(const Member& member, std::string path) const;

 private:
  layers::Shared<std::string> what_;  // all entries share it as their origin
  std::vector<Member> members_;
  std::shared_ptr<const layers::ContentFile> content_;
};

// The content of an entry that is text or part of an unpacked archive; nothing to read for other entries. The entry
// must outlive it.
RandomAccess content_access(const layers::Entry& entry);

// Writes the file: contents in any order, then the list of members with a checksum. Of several members with one path,
// the last one counts.
class UnpackedArchiveWriter {
 public:
  explicit UnpackedArchiveWriter(Sink sink);
  // Adds a file and returns where its content goes until the next call; `member.offset` and `member.size` are set
  // here.
  Sink add_file(Member member);
  void add(Member member);  // a folder or a link
  void finish();

 private:
  Sink sink_;
  std::vector<Member> members_;
  std::uint64_t written_ = 0;
};

}  // namespace lapstrake::packages
