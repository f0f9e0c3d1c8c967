#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/tar.hpp>
#include <limits>
#include <optional>

#include "archive_input.hpp"
#include "cp437.hpp"
#include "locale.hpp"
#include "pax_names.hpp"

namespace lapstrake::layers {
namespace {

// What libarchive's filters make of an input, block by block, for a second libarchive that reads the tar in it: in
// between, the headers can be looked at.
struct UnfilteredBlocks {
  archive* in;
  ArchiveInput& input;
  HeaderBytes headers = {};

  // 0 at the end; nothing when a filter fails, whose libarchive has the error.
  std::optional<std::size_t> read(const void** bytes) {
    std::size_t size = 0;
    la_int64_t offset = 0;
    headers.release_block();
    do {
      const int code = archive_read_data_block(in, bytes, &size, &offset);
      input.rethrow();
      if (code == ARCHIVE_EOF) return 0;
      if (code != ARCHIVE_OK) return std::nullopt;
    } while (size == 0);
    headers.next_block({static_cast<const std::byte*>(*bytes), size});
    return size;
  }
};

la_ssize_t read_unfiltered(archive* in, void* context, const void** bytes) {
  auto& blocks = *static_cast<UnfilteredBlocks*>(context);
  try {
    if (!blocks.input.thrown) {
      if (const auto size = blocks.read(bytes)) return static_cast<la_ssize_t>(*size);
      archive_copy_error(in, blocks.in);
      return ARCHIVE_FATAL;
    }
  } catch (...) {
    blocks.input.thrown = std::current_exception();
  }
  archive_set_error(in, EIO, "read error");
  return ARCHIVE_FATAL;
}

// Without `.` and empty parts; a leading `/` stays.
std::string tidy(std::string_view raw) {
  std::string out;
  if (raw.starts_with('/')) out = "/";
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t end = std::min(raw.find('/', at), raw.size());
    const std::string_view part = raw.substr(at, end - at);
    if (!part.empty() && part != ".") {
      if (!out.empty() && out.back() != '/') out += '/';
      out += part;
    }
    at = end + 1;
  }
  return out;
}

class Reader {
 public:
  // `headers`: of a tar; null for a zip, whose names are in the code page of DOS when they are not UTF-8. `unknown`:
  // why, when it is no archive of a format that the reader was given.
  Reader(archive* in, ArchiveInput& input, std::string_view what, const ReadLimits& limits, ErrorKind kind,
         HeaderBytes* headers, std::string_view unknown)
      : in_(in), input_(input), what_(what), limits_(limits), kind_(kind), headers_(headers), unknown_(unknown) {}

  // `code` of the call that was just made. A warning that a name cannot be translated is no matter: the name is then
  // the bytes as they are, which is what we want. All else is.
  void check(int code) const {
    input_.rethrow();
    if (code == ARCHIVE_OK) return;
    const char* text = archive_error_string(in_);
    const std::string why = text == nullptr ? "" : text;
    if (code == ARCHIVE_WARN && why.find("converted") != std::string::npos) return;
    Error error(kind_, cat("cannot read ", what_));
    if (why.find("Unrecognized archive format") != std::string::npos) throw error.because(std::string(unknown_));
    throw error.because(printable(why));
  }

  void all(const EachEntry& each) {
    archive_entry* header = nullptr;
    for (std::uint64_t entries = 0;; ++entries) {
      stop_point(limits_.stop);
      if (headers_ != nullptr) headers_->begin(static_cast<std::uint64_t>(archive_filter_bytes(in_, 0)));
      const int code = archive_read_next_header(in_, &header);
      if (code == ARCHIVE_EOF) break;
      check(code);
      if (headers_ != nullptr &&
          has_nul_in_name(headers_->end(static_cast<std::uint64_t>(archive_read_header_position(in_)))))
        refuse(cat("the name of an entry contains a NUL byte after `", printable(archive_entry_pathname(header)), "`"));
      if (entries == limits_.most_entries) go_beyond(cat("it has more than ", limits_.most_entries, " entries"));
      const TarEntry entry = entry_of(header);
      left_ = headers_ == nullptr ? 0 : entry.size;
      each(entry, [this](std::span<std::byte> room) { return data(room); });
      pass_over();
    }
    check(ARCHIVE_OK);
  }

 private:
  [[noreturn]] void refuse(std::string why) const {
    throw Error(kind_, cat("cannot read ", what_)).because(std::move(why));
  }

  [[noreturn]] void go_beyond(std::string limit) const {
    throw Error(ErrorKind::integrity, cat("cannot read ", what_)).because(std::move(limit));
  }

  void weigh(std::uint64_t bytes) {
    stop_point(limits_.stop);
    given_ += bytes;
    const auto unpacked = static_cast<std::uint64_t>(std::max<la_int64_t>(archive_filter_bytes(in_, 0), 0));
    const auto cost = std::max(given_, unpacked);
    if (cost > limits_.most_bytes) go_beyond(cat("it unpacks to more than ", human_size(limits_.most_bytes)));
    if (input_.fd < 0 && cost > limits::layer_bytes_for(input_.packed))
      go_beyond(cat("its ", human_size(input_.packed), " unpack to more than ",
                    human_size(limits::layer_bytes_for(input_.packed))));
  }

  std::size_t data(std::span<std::byte> room) {
    // libarchive 3.6 gives a block of zeros too much for a sparse file without any data.
    if (headers_ != nullptr) room = room.first(static_cast<std::size_t>(std::min<std::uint64_t>(left_, room.size())));
    const la_ssize_t size = archive_read_data(in_, room.data(), room.size());
    check(size < 0 ? static_cast<int>(size) : ARCHIVE_OK);
    const auto given = size > 0 ? static_cast<std::size_t>(size) : fill_hole(room);
    weigh(given);
    left_ -= std::min<std::uint64_t>(left_, given);
    return given;
  }

  // libarchive gives the zeros of a sparse file's holes, but for the last hole.
  std::size_t fill_hole(std::span<std::byte> room) const {
    const auto zeros = room.first(static_cast<std::size_t>(std::min<std::uint64_t>(left_, room.size())));
    std::ranges::fill(zeros, std::byte{0});
    return zeros.size();
  }

  // libarchive's own skipping would unpack a whole bomb in one call.
  void pass_over() {
    const void* bytes = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    for (;;) {
      const int code = archive_read_data_block(in_, &bytes, &size, &offset);
      if (code == ARCHIVE_EOF) return;
      check(code);
      weigh(size);
    }
  }

  std::uint32_t id(la_int64_t number) const {
    if (number < 0 || number > std::numeric_limits<std::uint32_t>::max()) refuse(cat("invalid owner number ", number));
    return static_cast<std::uint32_t>(number);
  }

  TarEntry entry_of(archive_entry* header) const {
    TarEntry out;
    const char* path = archive_entry_pathname(header);
    if (path == nullptr) refuse("an entry has no name");
    out.path = tidy(headers_ == nullptr && !is_utf8(path) ? from_cp437(path) : std::string(path));
    out.mode = archive_entry_perm(header) & 07777;
    out.uid = id(archive_entry_uid(header));
    out.gid = id(archive_entry_gid(header));
    out.mtime = archive_entry_mtime(header);
    set_kind(out, header);
    set_xattrs(out, header);
    return out;
  }

  void set_kind(TarEntry& out, archive_entry* header) const {
    if (const char* target = archive_entry_hardlink(header)) {
      out.kind = Kind::hardlink;
      out.target = tidy(target);
      if (out.target->empty()) refuse(cat("the hard link `", printable(out.path), "` has no target"));
      return;
    }
    switch (archive_entry_filetype(header)) {
      case AE_IFREG: {
        const la_int64_t size = archive_entry_size(header);
        if (size < 0) refuse(cat("`", printable(out.path), "` has a negative size"));
        out.size = static_cast<std::uint64_t>(size);
        return;
      }
      case AE_IFDIR: out.kind = Kind::directory; return;
      case AE_IFLNK: {
        const char* target = archive_entry_symlink(header);
        if (target == nullptr || *target == '\0')
          refuse(cat("the symbolic link `", printable(out.path), "` has no target"));
        out.kind = Kind::symlink;
        out.target = target;
        return;
      }
      default: out.special = true;
    }
  }

  static void set_xattrs(TarEntry& out, archive_entry* header) {
    archive_entry_xattr_reset(header);
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    oci::Xattrs found;
    while (archive_entry_xattr_next(header, &name, &value, &size) == ARCHIVE_OK)
      if (name != nullptr) found.insert_or_assign(name, std::string(static_cast<const char*>(value), size));
    out.xattrs = std::move(found);
  }

  archive* in_;
  ArchiveInput& input_;
  std::string_view what_;
  const ReadLimits& limits_;
  ErrorKind kind_;  // of what is broken
  HeaderBytes* headers_;
  std::string_view unknown_;
  std::uint64_t given_ = 0, left_ = 0;  // bytes of all files; of this one
};

// `filters`: a reader that has been given its filters alone.
void read_filtered_tar(archive* filters, ArchiveInput& input, std::string_view what, const EachEntry& each,
                       const ReadLimits& limits, ErrorKind kind, std::string_view unknown) {
  UnfilteredBlocks blocks{.in = filters, .input = input};
  enable(archive_read_support_format_raw(filters), "a stream");
  const Reader outer(filters, input, what, limits, kind, nullptr, unknown);
  outer.check(archive_read_open(filters, &input, nullptr, read_some, nullptr));
  archive_entry* whole = nullptr;
  outer.check(archive_read_next_header(filters, &whole));

  const ReadArchive in = new_reader();
  enable(archive_read_support_format_tar(in.get()), "tar");
  Reader reader(in.get(), input, what, limits, kind, &blocks.headers, unknown);
  reader.check(archive_read_open(in.get(), &blocks, nullptr, read_unfiltered, nullptr));
  reader.all(each);
}

}  // namespace

void read_tar(const Source& stream, std::string_view what, const EachEntry& each, const ReadLimits& limits,
              Compressions compressions) {
  const InLocale locale;
  ArchiveInput input{.source = stream, .thrown = nullptr};
  const ReadArchive filters = new_reader();
  enable(filters.get(), compressions);
  read_filtered_tar(filters.get(), input, what, each, limits, ErrorKind::integrity,
                    "it is not a tar archive with a supported compression");
  while (input.read() != 0) stop_point(limits.stop);
}

void read_archive(int fd, std::string_view what, const EachEntry& each, const ReadLimits& limits) {
  std::array<char, 2> magic{};
  const bool zip = ::pread(fd, magic.data(), magic.size(), 0) == 2 && magic[0] == 'P' && magic[1] == 'K';
  // libarchive drops a zip's UTF-8 names in the C locale; in this one it gives them (in Unicode's composed form).
  const InLocale locale(zip ? "C.UTF-8" : "C");
  ArchiveInput input{.source = {}, .fd = fd, .thrown = nullptr};
  const ReadArchive in = new_reader();
  if (!zip) {
    enable(in.get(), Compressions::gzip_zstd_xz_bzip2);
    read_filtered_tar(in.get(), input, what, each, limits, ErrorKind::input,
                      "it is neither a zip nor a tar archive with a supported compression");
    return;
  }
  // By its directory, which is at its end: without it nobody knows that a zip is whole, nor what modes it has.
  enable(archive_read_support_format_zip_seekable(in.get()), "zip");
  enable(archive_read_set_callback_data(in.get(), &input), "a file");
  enable(archive_read_set_read_callback(in.get(), read_some), "a file");
  enable(archive_read_set_seek_callback(in.get(), seek_to), "a file");
  Reader reader(in.get(), input, what, limits, ErrorKind::input, nullptr,
                "it begins like a zip, but has no directory at its end: it is truncated");
  reader.check(archive_read_open1(in.get()));
  reader.all(each);
}

}  // namespace lapstrake::layers
