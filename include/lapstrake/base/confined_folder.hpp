// The folder of a spec, which files may be read from, and nothing outside of it: no path is walked through a symbolic
// link, by openat2 where the kernel has it, else one component at a time by openat(O_NOFOLLOW). So no link, whenever it
// appears, leads out.
#pragma once
#include <cstdint>
#include <filesystem>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/c_handle.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake {

class ConfinedFolder {
 public:
  // Error{input} when it cannot be opened. `folder` may be `/`: then nothing is outside.
  explicit ConfinedFolder(std::filesystem::path folder);

  const std::filesystem::path& path() const { return path_; }
  bool is_everything() const { return path_ == "/"; }
  int descriptor() const { return anchor_.get(); }

  enum class Links { keep, follow };
  // Where the relative `path` leads: links on the way are followed, and the last one too if asked for. What is returned
  // has none; "" is the folder itself. Nothing when it is absent; Error{input} when a link leads out.
  std::optional<std::string> resolve(std::string_view path, Links last) const;
  // These follow no link at all. Nothing, and errno, when it fails. To pass through a folder needs the right to search
  // it, to list it the right to read it.
  enum class Use { list, pass };
  FileDescriptor open_folder(std::string_view path, Use use = Use::list) const;
  FileDescriptor open(std::string_view path) const;  // to be read; never waits for a FIFO

 private:
  std::filesystem::path path_;  // absolute
  FileDescriptor anchor_;
};

// A regular file that a spec names, open: what is checked, hashed and sent is this one, whatever its name means later.
struct NamedFile {
  std::shared_ptr<const FileDescriptor> file;
  std::filesystem::path path;  // for messages
  std::uint64_t size = 0;
  Source source() const;  // from its start
};
// `from` is relative to `folder`; links are followed, but not out of it unless `allow_outside`. Error{input}: it is
// absent, unreadable, no regular file, or outside.
NamedFile open_named_file(const std::filesystem::path& folder, const std::string& from, bool allow_outside);
// All of it. Error{input} when it is longer than `limit` bytes.
std::string read_all_of(const NamedFile& file, std::size_t limit);

}  // namespace lapstrake
