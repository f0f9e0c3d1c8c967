#include <archive.h>
#include <archive_entry.h>

#include <algorithm>

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/tar.hpp>
#include <vector>

#include "locale.hpp"

namespace lapstrake::layers {
namespace {

// Go's archive/tar, and so every runtime, refuses a longer extended header.
constexpr std::size_t most_header_bytes = 1 << 20;

unsigned int file_type(Kind kind) {
  switch (kind) {
    case Kind::directory: return AE_IFDIR;
    case Kind::symlink: return AE_IFLNK;
    case Kind::file:
    case Kind::hardlink: break;
  }
  return AE_IFREG;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void refuse_what_no_tar_can_carry(const Entry& entry) {
  std::size_t header_bytes = entry.path.size() + entry.target->size();
  for (const auto& [name, value] : *entry.xattrs) header_bytes += name.size() + value.size() + 32;
  if (header_bytes + 1024 > most_header_bytes)
    throw Error(ErrorKind::input,
                cat("`", printable(entry.path, 200), "`: its name and extended attributes are longer than 1 MiB"),
                "no container runtime can read such a layer: give the file fewer or shorter extended attributes");
  if (entry.path.empty() || entry.path.find('\0') != std::string::npos || entry.target->find('\0') != std::string::npos)
    throw Error(ErrorKind::internal, cat("a tar cannot represent the name `", printable(entry.path), "`"));
}

}  // namespace

using WriteArchive = CHandle<archive, archive_write_free>;

struct TarWriter::State {
  State(Sink to, std::int64_t time, std::size_t block_size) : sink(std::move(to)), mtime(time), block(block_size) {}
  ~State() { failed = true; }  // freeing an archive closes it, which writes: not to the sink

  // Says that all went well even after a failure, which check() rethrows: after an error libarchive 3.6 leaks its
  // buffer.
  static la_ssize_t take(archive*, void* context, const void* bytes, std::size_t size) {
    auto& self = *static_cast<State*>(context);
    try {
      if (!self.failed) self.pass_on({static_cast<const std::byte*>(bytes), size});
    } catch (...) {
      self.failed = true;
      self.thrown = std::current_exception();
    }
    return static_cast<la_ssize_t>(size);
  }

  void pass_on(Bytes bytes) {
    if (waiting.size() + bytes.size() < block) {
      waiting.insert(waiting.end(), bytes.begin(), bytes.end());
      return;
    }
    flush();
    sink(bytes);
  }

  void flush() {
    if (!waiting.empty()) sink(waiting);
    waiting.clear();
  }

  void check(int code, archive* tar, const char* doing) {
    if (thrown) std::rethrow_exception(std::exchange(thrown, nullptr));
    if (code == ARCHIVE_OK) return;
    failed = true;
    const char* why = archive_error_string(tar);
    throw Error(ErrorKind::internal, cat("libarchive cannot ", doing)).because(why == nullptr ? "" : why);
  }

  void open(archive* tar) {
    if (tar == nullptr || entry == nullptr) throw Error(ErrorKind::internal, "out of memory");
    check(archive_write_set_format_pax_restricted(tar), tar, "write pax");
    check(archive_write_set_format_option(tar, "pax", "xattrheader", "SCHILY"), tar, "set xattrheader");
    if (tar == any_bytes.get())
      check(archive_write_set_format_option(tar, "pax", "hdrcharset", "BINARY"), tar, "set hdrcharset");
    check(archive_write_set_bytes_per_block(tar, 0), tar, "disable blocks");
    check(archive_write_set_bytes_in_last_block(tar, 1), tar, "disable padding");
    check(archive_write_open(tar, this, nullptr, take, nullptr), tar, "begin a tar");
  }

  void expect_usable() const {
    if (failed) throw Error(ErrorKind::internal, "this tar has already failed or ended");
  }

  void end_entry() { check(archive_write_finish_entry(present), present, "end an entry"); }

  Sink sink;
  std::int64_t mtime;
  std::size_t block;
  std::vector<std::byte> waiting;
  std::uint64_t missing = 0;  // bytes of the present file that data() still has to bring
  bool failed = false;
  std::exception_ptr thrown;
  CHandle<archive_entry, archive_entry_free> entry{archive_entry_new()};
  // hdrcharset=BINARY keeps names as they are in any locale, but gives each entry an extended header of 1 KiB, and
  // cannot be switched. Entries of a tar do not depend on each other: two writers take turns, and names in ASCII stay
  // small. These are last, so that they are freed first, while the rest is there.
  WriteArchive ascii{archive_write_new()}, any_bytes{archive_write_new()};
  archive* present = nullptr;  // the one that writes the present entry
};

TarWriter::TarWriter(Sink sink, std::int64_t mtime, std::size_t block)
    : state_(std::make_unique<State>(std::move(sink), mtime, block)) {
  const InLocale locale;
  state_->open(state_->ascii.get());
  state_->open(state_->any_bytes.get());
}

TarWriter::~TarWriter() = default;
TarWriter::TarWriter(TarWriter&&) noexcept = default;
TarWriter& TarWriter::operator=(TarWriter&&) noexcept = default;

void TarWriter::header(const Entry& entry) {
  State& my = *state_;
  my.expect_usable();
  if (my.missing != 0)
    throw Error(ErrorKind::internal, cat("`", printable(entry.path), "`: the file before it is incomplete"));
  refuse_what_no_tar_can_carry(entry);
  const InLocale locale;
  archive_entry* out = archive_entry_clear(my.entry.get());
  archive_entry_copy_pathname(out, (entry.kind == Kind::directory ? entry.path + "/" : entry.path).c_str());
  archive_entry_set_filetype(out, file_type(entry.kind));
  archive_entry_set_perm(out, entry.mode & 07777);
  archive_entry_set_uid(out, entry.uid);
  archive_entry_set_gid(out, entry.gid);
  archive_entry_set_mtime(out, my.mtime, 0);
  archive_entry_set_size(out, entry.kind == Kind::file ? static_cast<la_int64_t>(entry.size) : 0);
  if (entry.kind == Kind::symlink) archive_entry_copy_symlink(out, entry.target->c_str());
  if (entry.kind == Kind::hardlink) archive_entry_copy_hardlink(out, entry.target->c_str());
  // libarchive lists them last in, first out.
  for (auto xattr = entry.xattrs->rbegin(); xattr != entry.xattrs->rend(); ++xattr)
    archive_entry_xattr_add_entry(out, xattr->first.c_str(), xattr->second.data(), xattr->second.size());
  my.present = is_ascii(entry.path) && is_ascii(*entry.target) ? my.ascii.get() : my.any_bytes.get();
  my.check(archive_write_header(my.present, out), my.present, "write a header");
  my.missing = entry.kind == Kind::file ? entry.size : 0;
  if (my.missing == 0) my.end_entry();
}

void TarWriter::data(Bytes bytes) {
  State& my = *state_;
  my.expect_usable();
  if (bytes.size() > my.missing) throw Error(ErrorKind::internal, "more bytes than the header states");
  const InLocale locale;
  while (!bytes.empty()) {
    const la_ssize_t written = archive_write_data(my.present, bytes.data(), bytes.size());
    my.check(written > 0 ? ARCHIVE_OK : ARCHIVE_FATAL, my.present, "write data");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    my.missing -= static_cast<std::uint64_t>(written);
    // The padding comes with the file, not with the next header: pieces are cut between files.
    if (my.missing == 0) my.end_entry();
  }
}

void TarWriter::finish() {
  State& my = *state_;
  my.expect_usable();
  if (my.missing != 0) throw Error(ErrorKind::internal, "the last file of the tar is incomplete");
  const InLocale locale;
  my.check(archive_write_close(my.ascii.get()), my.ascii.get(), "end a tar");
  my.failed = true;  // nothing more, neither from the other
  my.flush();
}

}  // namespace lapstrake::layers
