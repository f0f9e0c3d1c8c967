#include "layout_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <memory>
#include <nlohmann/json.hpp>

namespace lapstrake::store {

std::string blob_name(const oci::Digest& digest) { return cat("blobs/sha256/", digest.hex()); }

void check_layout_text(std::string_view text, std::string_view what) {
  const auto object = parse_json(text, what);
  const auto version = object.is_object() ? object.find("imageLayoutVersion") : object.end();
  if (version == object.end() || !version->is_string() || !version->get_ref<const std::string&>().starts_with("1."))
    throw Error(ErrorKind::integrity, cat(what, " has no `\"imageLayoutVersion\":\"1.0.0\"`"));
}

std::string ref_name(const oci::Descriptor& entry) {
  const auto found = entry.annotations.find(std::string(oci::ref_name_annotation));
  return found == entry.annotations.end() ? "" : found->second;
}

std::uint64_t size_of(const FileDescriptor& file, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0)
    throw Error(ErrorKind::input, cat("cannot read `", path.string(), "`: ", reason(errno)));
  return static_cast<std::uint64_t>(status.st_size);
}

std::optional<Source> open_regular(const std::filesystem::path& path) {
  const auto fail = [path](int error_number) -> Error {
    return {ErrorKind::input, cat("cannot read `", path.string(), "`: ", reason(error_number))};
  };
  const auto fd =
      std::make_shared<FileDescriptor>(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!*fd && errno == ENOENT) return std::nullopt;
  if (!*fd) throw fail(errno);
  struct stat status {};
  if (::fstat(fd->get(), &status) != 0) throw fail(errno);
  if (!S_ISREG(status.st_mode))
    throw Error(ErrorKind::input, cat("cannot read `", path.string(), "`: it is not a regular file"));
  return [fd, path, fail](std::span<std::byte> room) -> std::size_t {
    for (;;) {
      const ssize_t size = ::read(fd->get(), room.data(), room.size());
      if (size >= 0) return static_cast<std::size_t>(size);
      if (errno != EINTR) throw fail(errno);
    }
  };
}

}  // namespace lapstrake::store
