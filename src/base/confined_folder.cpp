#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/confined_folder.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/follow_links.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <utility>

namespace lapstrake {
namespace {

constexpr std::size_t most_target_bytes = 4096;
constexpr int folder_flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

std::string shown(std::string_view path) { return path.empty() ? "." : printable(path, 4096); }

[[noreturn]] void fail(std::string_view path, int error_number) {
  throw Error(ErrorKind::input, cat("cannot read `", shown(path), "`: ", reason(error_number)));
}

[[noreturn]] void leads_out(std::string_view path, std::string_view how) {
  throw Error(ErrorKind::input, cat("`", shown(path), "` ", how, " the folder of the spec"),
              "copy the files into that folder, or build with `--allow-outside`");
}

std::string link_target(int folder, const char* name, std::string_view path) {
  std::string target(most_target_bytes + 1, '\0');
  const ssize_t size = ::readlinkat(folder, name, target.data(), target.size());
  if (size < 0) fail(path, errno);
  target.resize(static_cast<std::size_t>(size));
  return target;
}

bool is_absent(int error_number) {
  return error_number == ENOENT || error_number == ENOTDIR || error_number == ENAMETOOLONG;
}

// `from` in the folder's own terms.
std::string place_of(const std::string& from, const ConfinedFolder& in, const std::filesystem::path& folder) {
  const std::filesystem::path named(from);
  if (named.is_absolute() && !in.is_everything()) leads_out(from, "is outside");
  const auto whole = (named.is_absolute() ? named : std::filesystem::absolute(folder) / named).lexically_normal();
  const auto place = whole.lexically_relative(in.path());
  if (place.empty() || *place.begin() == "..") leads_out(from, "is outside");
  return place == "." ? "" : place.string();
}

}  // namespace

ConfinedFolder::ConfinedFolder(std::filesystem::path folder)
    : path_(std::filesystem::absolute(folder).lexically_normal()),
      anchor_(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (!anchor_) fail(path_.string(), errno);
}

FileDescriptor ConfinedFolder::open_folder(std::string_view path, Use use) const {
  const int flags = folder_flags | (use == Use::list ? O_RDONLY : O_PATH);
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags);
  how.resolve = RESOLVE_NO_SYMLINKS;
  const std::string whole(path.empty() ? "." : path);
  const long fd = ::syscall(SYS_openat2, anchor_.get(), whole.c_str(), &how, sizeof how);
  if (fd >= 0) return FileDescriptor(static_cast<int>(fd));
  // The kernel has no openat2, or a sandbox forbids it, or the path is too long for one call, or it is not there: the
  // walk knows.
  FileDescriptor at(::openat(anchor_.get(), ".", flags));
  for_each_part(path, [&](std::string_view part) {
    if (at) at = FileDescriptor(::openat(at.get(), std::string(part).c_str(), flags));
    return static_cast<bool>(at);
  });
  return at;
}

FileDescriptor ConfinedFolder::open(std::string_view path) const {
  const FileDescriptor folder = open_folder(parent_of(path), Use::pass);
  if (!folder) return {};
  const std::string name(path.empty() ? "." : name_of(path));
  return FileDescriptor(::openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
}

std::optional<std::string> ConfinedFolder::resolve(std::string_view path, Links last) const {
  bool absent = false;
  const auto read_link = [&](const std::string& at, bool is_last) -> std::optional<std::string> {
    if (absent) return std::nullopt;
    const FileDescriptor folder = open_folder(parent_of(at), Use::pass);
    absent = !folder && (errno == ENOENT || errno == ENOTDIR);
    if (absent) return std::nullopt;
    if (!folder) fail(parent_of(at), errno);
    const std::string name(name_of(at));
    struct stat status {};
    if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      absent = is_absent(errno);
      if (!absent) fail(at, errno);
      return std::nullopt;
    }
    if (!S_ISLNK(status.st_mode) || (is_last && last == Links::keep)) return std::nullopt;
    auto target = link_target(folder.get(), name.c_str(), at);
    if (!target.starts_with('/')) return target;
    const auto below = std::filesystem::path(target).lexically_relative(path_);
    if (below.empty() || *below.begin() == "..") leads_out(path, "follows a symbolic link out of");
    return cat("/", below.string());
  };
  const auto above_root = [&] {
    if (!absent && !is_everything()) leads_out(path, "follows a symbolic link out of");
  };
  auto found = follow_links(path, read_link, above_root);
  if (!found) fail(path, ELOOP);
  return absent ? std::nullopt : std::move(found);
}

Source NamedFile::source() const { return file_source(file, path); }

NamedFile open_named_file(const std::filesystem::path& folder, const std::string& from, bool allow_outside) {
  auto file = find_named_file(folder, from, allow_outside);
  if (!file) fail(from, ENOENT);
  return std::move(*file);
}

std::optional<NamedFile> find_named_file(const std::filesystem::path& folder, const std::string& from,
                                         bool allow_outside) {
  const auto here = folder.empty() ? std::filesystem::path(".") : folder;
  const ConfinedFolder in(allow_outside ? std::filesystem::path("/") : here);
  const auto place = in.resolve(place_of(from, in, here), ConfinedFolder::Links::follow);
  if (!place) return std::nullopt;
  auto file = std::make_shared<FileDescriptor>(in.open(*place));
  // A link that has come since is not followed.
  if (!*file && (errno == ELOOP || errno == ENOTDIR))
    throw Error(ErrorKind::input, cat("`", shown(from), "` changed while it was opened"),
                "build again when no other process is writing to it");
  if (!*file) fail(from, errno);
  struct stat status {};
  if (::fstat(file->get(), &status) != 0) fail(from, errno);
  if (!S_ISREG(status.st_mode))
    throw Error(ErrorKind::input, cat("cannot read `", shown(from), "`: it is not a regular file"));
  return NamedFile{.file = std::move(file), .path = from, .size = static_cast<std::uint64_t>(status.st_size)};
}

std::string read_all_of(const NamedFile& file, std::size_t limit) { return read_file(file.source(), file.path, limit); }

}  // namespace lapstrake
