// Archives of users, zip and tar: within the limits, the same at each reading, whether their data are read or not.
#include <sys/mman.h>

#include <lapstrake/base/atomic_file.hpp>

#include "members.hpp"
#include "tar_mutator.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

namespace {

FileDescriptor file_of(std::string_view bytes) {
  FileDescriptor file(::memfd_create("archive", MFD_CLOEXEC));
  hold(file.get() >= 0, "a file can be made");
  write_fully(file.get(), as_bytes(bytes), "the archive");
  return file;
}

void rewind(const FileDescriptor& file) { hold(::lseek(file.get(), 0, SEEK_SET) == 0, "a file can be rewound"); }

// Unreadable, or beyond the limits on input.
constexpr auto archive_faults = {ErrorKind::input, ErrorKind::integrity};

std::optional<Members> members_of(const FileDescriptor& file) {
  rewind(file);
  return attempt(archive_faults, [&] {
    return all_members([&](const EachEntry& each) { read_archive(file.get(), "the archive", each, small_limits()); });
  });
}

std::optional<std::vector<std::string>> names_of(const FileDescriptor& file) {
  rewind(file);
  return attempt(archive_faults, [&] {
    std::vector<std::string> names;
    read_archive(
        file.get(), "the archive", [&](const TarEntry& entry, const Source&) { names.push_back(entry.path); },
        small_limits());
    return names;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = file_of(text_of(data, size));
  const auto members = members_of(file);
  hold(members_of(file) == members, "an archive is the same at each reading");
  const auto names = names_of(file);
  if (!members) return 0;
  hold(names && std::ranges::equal(*names, *members, {}, {}, [](const Member& member) { return member.entry.path; }),
       "an archive has the same members whether their data are read or not");
  return 0;
}
