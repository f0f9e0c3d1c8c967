#include "archive_index.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>

#include "layout_files.hpp"
#include "spool.hpp"

namespace lapstrake::store {
namespace {

using Reader = CHandle<archive, archive_read_free>;

std::string reason_of(archive* reader) {
  const char* text = archive_error_string(reader);
  return text == nullptr ? "libarchive gave no reason" : printable(text, 200);
}

// "./a//b/../c/" -> "a/c".
std::string plain_name(const std::filesystem::path& name) {
  std::string text = name.lexically_normal().string();
  while (text.ends_with('/')) text.pop_back();
  return text == "." ? "" : text;
}

std::string name_of(archive_entry* entry) {
  const char* name = archive_entry_pathname(entry);
  return name == nullptr ? "" : plain_name(name);
}

// Where a link leads; nothing when the entry is no link.
std::optional<std::string> target_of(archive_entry* entry, const std::string& name) {
  if (const char* hard = archive_entry_hardlink(entry)) return plain_name(hard);
  if (const char* soft = archive_entry_symlink(entry))
    return plain_name(std::filesystem::path(name).parent_path() / soft);
  return std::nullopt;
}

FileDescriptor open_file(const std::filesystem::path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0)
    throw Error(ErrorKind::input, cat("cannot read `", path.string(), "`: ", reason(errno)));
  if (!S_ISREG(status.st_mode))
    throw Error(ErrorKind::input, cat("cannot read `", path.string(), "`: it is not a regular file"));
  return file;
}

// Two readers of one archive may take a different one of two texts, and so see different images.
bool is_text(std::string_view name) { return name == "oci-layout" || name.ends_with(".json"); }

void expect_short(const char* name, const std::filesystem::path& path) {
  if (name != nullptr && std::string_view(name).size() > limits::path_bytes)
    throw Error(ErrorKind::integrity,
                cat("`", path.string(), "` has a name longer than ", limits::path_bytes, " bytes"));
}

}  // namespace

ArchiveIndex::ArchiveIndex(const std::filesystem::path& file, const std::filesystem::path& scratch,
                           const std::stop_token& stop)
    : path_(file), file_(std::make_shared<FileDescriptor>(open_file(file))) {
  const auto packed = size_of(*file_, path_);
  if (is_compressed(*file_, path_)) file_ = std::make_shared<FileDescriptor>(spool(*file_, path_, scratch, stop));
  read_headers(layers::TreeBudget(packed));
}

void ArchiveIndex::read_headers(layers::TreeBudget budget) {
  const Reader reader(archive_read_new());
  bool began = false;
  const auto refuse = [&] {
    Error error = began ? Error(ErrorKind::integrity, cat("the archive `", path_.string(), "` is damaged or truncated"))
                        : Error(ErrorKind::input, cat("cannot read `", path_.string(), "` as a tar archive"));
    return error.because(reason_of(reader.get()));
  };
  if (!reader || archive_read_support_format_tar(reader.get()) != ARCHIVE_OK ||
      archive_read_open_fd(reader.get(), file_->get(), 64 << 10) != ARCHIVE_OK)
    throw refuse();
  const std::uint64_t end = size_of(*file_, path_);
  for (;;) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) break;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) throw refuse();  // a warning is of names that no layout has
    began = true;
    expect_short(archive_entry_pathname(entry), path_);
    expect_short(archive_entry_hardlink(entry), path_);
    expect_short(archive_entry_symlink(entry), path_);
    const std::string name = name_of(entry);
    const auto target = target_of(entry, name);
    constexpr std::uint64_t node_bytes = 5 * sizeof(void*) + sizeof(decltype(links_)::value_type);
    budget.keep(name, node_bytes + name.size() + target.value_or("").size());
    if (target) links_[name] = *target;
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr) continue;
    const Member member{.offset = static_cast<std::uint64_t>(archive_filter_bytes(reader.get(), 0)),
                        .size = static_cast<std::uint64_t>(archive_entry_size(entry))};
    if (archive_entry_sparse_count(entry) > 0)
      throw Error(ErrorKind::input, cat("`", path_.string(), "` has a sparse member: `", printable(name, 200), "`"));
    if (member.offset > end || member.size > end - member.offset)
      throw Error(ErrorKind::integrity,
                  cat("`", path_.string(), "` is truncated in its member `", printable(name, 200), "`"));
    if (!members_.emplace(name, member).second && is_text(name))
      throw Error(ErrorKind::integrity,
                  cat("`", path_.string(), "` has a duplicate member `", printable(name, 200), "`"));
  }
}

std::optional<ArchiveIndex::Member> ArchiveIndex::find(std::string_view name) const {
  std::string at = plain_name(std::string(name));
  for (int hops = 0; hops < 8; ++hops) {
    if (const auto member = members_.find(at); member != members_.end()) return member->second;
    const auto link = links_.find(at);
    if (link == links_.end()) return std::nullopt;
    at = link->second;
  }
  return std::nullopt;
}

Source ArchiveIndex::open(const Member& member) const {
  return [file = file_, path = path_, rest = std::make_shared<Member>(member)](std::span<std::byte> room) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), rest->size));
    for (;;) {
      const ssize_t size = most == 0 ? 0 : ::pread(file->get(), room.data(), most, static_cast<off_t>(rest->offset));
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) throw Error(ErrorKind::input, cat("cannot read `", path.string(), "`: ", reason(errno)));
      rest->offset += static_cast<std::uint64_t>(size);
      rest->size -= static_cast<std::uint64_t>(size);
      return static_cast<std::size_t>(size);
    }
  };
}

std::optional<std::string> ArchiveIndex::text(std::string_view name) const {
  const auto member = find(name);
  if (!member) return std::nullopt;
  return read_all(open(*member), most_text_bytes, cat("`", name, "` in `", path_.string(), "`"));
}

}  // namespace lapstrake::store
