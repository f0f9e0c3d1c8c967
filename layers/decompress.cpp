#include <archive.h>
#include <archive_entry.h>

#include <exception>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/decompress.hpp>
#include <vector>

namespace lapstrake::layers {
namespace {

using ReadArchive = CHandle<archive, archive_read_free>;

struct Input {
  const Source& source;
  std::vector<std::byte> buffer = std::vector<std::byte>(256 << 10);
  std::exception_ptr thrown = nullptr;
};

la_ssize_t read_some(archive* in, void* context, const void** bytes) {
  auto& input = *static_cast<Input*>(context);
  *bytes = input.buffer.data();
  try {
    return static_cast<la_ssize_t>(input.source(input.buffer));
  } catch (...) {
    input.thrown = std::current_exception();
  }
  archive_set_error(in, EIO, "read error");
  return ARCHIVE_FATAL;
}

class Decompression {
 public:
  Decompression(const Source& packed, std::string_view what) : input_{.source = packed}, what_(what) {
    for (const auto support :
         {archive_read_support_filter_xz, archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
          archive_read_support_filter_zstd, archive_read_support_format_raw, archive_read_support_format_empty})
      if (support(in_.get()) != ARCHIVE_OK) fail();
    check(archive_read_open(in_.get(), &input_, nullptr, read_some, nullptr));
  }

  std::string all(std::uint64_t most) {
    std::string out;
    archive_entry* header = nullptr;
    const int code = archive_read_next_header(in_.get(), &header);
    if (code == ARCHIVE_EOF) return out;  // empty
    check(code);
    std::vector<char> room(256 << 10);
    for (;;) {
      const auto size = archive_read_data(in_.get(), room.data(), room.size());
      if (size == 0) return out;
      if (size < 0) fail();
      if (out.size() + static_cast<std::size_t>(size) > most)
        throw Error(ErrorKind::integrity, cat(what_, " has more than ", human_size(most), " when it is decompressed"));
      out.append(room.data(), static_cast<std::size_t>(size));
    }
  }

 private:
  void check(int code) {
    if (code != ARCHIVE_OK) fail();
  }
  [[noreturn]] void fail() {
    if (input_.thrown) std::rethrow_exception(std::exchange(input_.thrown, nullptr));
    const char* text = archive_error_string(in_.get());
    throw Error(ErrorKind::integrity, cat("cannot decompress ", what_)).because(printable(text == nullptr ? "" : text));
  }

  ReadArchive in_{archive_read_new()};
  Input input_;
  std::string_view what_;
};

}  // namespace

std::string decompressed(const Source& packed, std::string_view what, std::uint64_t most) {
  return Decompression(packed, what).all(most);
}

}  // namespace lapstrake::layers
