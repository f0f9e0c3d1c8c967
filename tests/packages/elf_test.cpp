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

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

// A shared object that needs the library `name` `count` times, and `versions` times a symbol version of this name.
std::string library_that_needs(const std::string& name, std::size_t count, std::size_t versions = 0) {
  constexpr std::size_t table = 64 + 2 * 56, record = 16;
  const auto dynamic = 16 * (count + 5);
  const auto strings = table + dynamic, records = strings + name.size() + 1;
  const auto size = records + record * (versions + 1);
  std::string out(
      "\x7f"
      "ELF\x02\x01");
  out.resize(32);
  put(out, 64, 8);  // the program headers
  out.resize(54);
  put(out, 56, 2);
  put(out, 2, 2);
  out.resize(64);
  const auto segment = [&](std::uint64_t type, std::uint64_t offset, std::uint64_t bytes) {
    put(out, type, 8);
    for (const auto value : {offset, offset, offset, bytes, bytes, std::uint64_t{8}}) put(out, value, 8);
  };
  segment(1, 0, size);
  segment(2, table, dynamic);
  const auto entry = [&](std::uint64_t tag, std::uint64_t value) {
    put(out, tag, 8);
    put(out, value, 8);
  };
  for (std::size_t i = 0; i < count; ++i) entry(1, 0);
  entry(5, strings);
  entry(10, name.size() + 1);
  entry(0x6ffffffe, records);
  entry(0x6fffffff, versions > 0 ? 1 : 0);
  entry(0, 0);
  out += name + '\0';
  put(out, 1, 2);
  put(out, versions, 2);
  put(out, 0, 4);
  put(out, record, 4);
  put(out, 0, 4);
  for (std::size_t i = 0; i < versions; ++i) {
    put(out, 0, 8);
    put(out, 0, 4);
    put(out, record, 4);
  }
  return out;
}

std::optional<ElfNeeds> needs_of(const std::string& bytes) { return elf_needs(random_access(bytes)); }

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

TEST_CASE("a file that needs very many or very long names is damaged") {
  const auto ordinary = needs_of(library_that_needs("liba.so.1", 3, 2));
  REQUIRE(ordinary);
  CHECK(ordinary->libraries == std::vector<std::string>(3, "liba.so.1"));
  REQUIRE(ordinary->versions.size() == 2);
  CHECK(ordinary->versions[1].version == "liba.so.1");
  CHECK(needs_of(library_that_needs("a", 4'096)));
  CHECK_FALSE(needs_of(library_that_needs("a", 4'097)));
  CHECK(needs_of(library_that_needs(std::string(4'096, 'a'), 1)));
  CHECK_FALSE(needs_of(library_that_needs(std::string(4'097, 'a'), 1)));
  CHECK(needs_of(library_that_needs(std::string(4'096, 'a'), 1'024)));
  CHECK_FALSE(needs_of(library_that_needs(std::string(4'096, 'a'), 1'025)));
  CHECK(needs_of(library_that_needs(std::string(4'096, 'a'), 0, 512)));
  CHECK_FALSE(needs_of(library_that_needs(std::string(4'096, 'a'), 0, 513)));
}
