#include <archive.h>
#include <archive_entry.h>

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/decompress.hpp>

#include "archive_input.hpp"

namespace lapstrake::layers {
namespace {

[[noreturn]] void refuse_compressed(archive* in, std::string_view what) {
  const char* text = archive_error_string(in);
  throw Error(ErrorKind::integrity, cat("cannot decompress ", what),
              "run the command again; if it fails again, the file is damaged at its source")
      .because(printable(text == nullptr ? "" : text));
}

// The content of the one entry of libarchive's raw format.
std::string text_of(archive* in, ArchiveInput& input, std::string_view what, std::uint64_t most) {
  std::string text;
  std::vector<char> room(256 << 10);
  for (;;) {
    const auto size = archive_read_data(in, room.data(), room.size());
    input.rethrow();
    if (size < 0) refuse_compressed(in, what);
    if (size == 0) return text;
    if (text.size() + static_cast<std::uint64_t>(size) > most)
      throw Error(ErrorKind::integrity, cat(what, " decompresses to more than ", human_size(most)),
                  "check where it comes from; docs/reference/limits.md lists the limits");
    text.append(room.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace

std::string decompressed(const Source& packed, std::string_view what, std::uint64_t most) {
  ArchiveInput input{.source = packed};
  const ReadArchive in = new_reader();
  enable(in.get(), Compressions::gzip_zstd_xz_bzip2);
  enable(archive_read_support_format_raw(in.get()), "a stream");
  enable(archive_read_support_format_empty(in.get()), "an empty stream");
  const int opened = archive_read_open(in.get(), &input, nullptr, read_some, nullptr);
  input.rethrow();
  if (opened != ARCHIVE_OK) refuse_compressed(in.get(), what);
  archive_entry* whole = nullptr;
  const int code = archive_read_next_header(in.get(), &whole);
  input.rethrow();
  if (code != ARCHIVE_OK && code != ARCHIVE_EOF) refuse_compressed(in.get(), what);
  auto text = code == ARCHIVE_EOF ? std::string() : text_of(in.get(), input, what, most);
  while (input.read() != 0) continue;  // so that a check at the end of the stream runs
  return text;
}

}  // namespace lapstrake::layers
