#include <fcntl.h>
#include <algorithm>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/packages/elf.hpp>
#include <support/catch.hpp>

using namespace lapstrake;
using namespace lapstrake::packages;

namespace {

// A shared object of glibc, which every system that runs this test has loaded.
std::string small_library() {
  for (const char* path :
       {"/lib/x86_64-linux-gnu/libdl.so.2", "/lib/aarch64-linux-gnu/libdl.so.2", "/lib64/libdl.so.2"})
    if (std::filesystem::exists(path)) return read_file(path);
  return {};
}

}  // namespace

TEST_CASE("a program needs the libraries and symbol versions that it was linked with") {
  const FileDescriptor self(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  const auto needs = elf_needs(random_access(self.get(), "this program"));
  REQUIRE(needs);
  CHECK(std::ranges::count(needs->libraries, "libc.so.6") == 1);
  CHECK(std::ranges::any_of(needs->versions, [](const auto& one) {
    return one.library == "libc.so.6" && one.version.starts_with("GLIBC_2.");
  }));
}

TEST_CASE("a shared object has a name") {
  const auto bytes = small_library();
  if (bytes.empty()) {
    WARN("NOT RUN: this system has no libdl.so.2");
    return;
  }
  const auto needs = elf_needs(random_access(bytes));
  REQUIRE(needs);
  CHECK(needs->soname == "libdl.so.2");
}

TEST_CASE("other and damaged files need nothing that is known") {
  CHECK_FALSE(elf_needs(random_access("")));
  CHECK_FALSE(elf_needs(random_access("#!/bin/sh\necho this is a script, and long enough to have a header of ELF\n")));
  const auto bytes = small_library();
  for (std::size_t size = 0; size < bytes.size(); size += 13) elf_needs(random_access(bytes.substr(0, size)));
  std::size_t damaged = 0;
  for (std::size_t at = 0; at < std::min<std::size_t>(bytes.size(), 1024); ++at) {
    auto changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0xff);
    damaged += !elf_needs(random_access(changed));
  }
  CHECK((damaged > 10 || bytes.empty()));
}
