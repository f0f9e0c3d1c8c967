// Reads which libraries and symbol versions an ELF file needs, to find out before an image runs whether it has them.
#pragma once
#include <lapstrake/packages/random_access.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::packages {

struct SymbolVersion {
  std::string library, version;  // "libc.so.6", "GLIBC_2.34"
  bool operator==(const SymbolVersion&) const = default;
};

struct ElfNeeds {
  std::string soname = {};                     // its own name; may be empty
  std::vector<std::string> libraries = {};     // DT_NEEDED: "libGL.so.1"
  std::vector<SymbolVersion> versions = {};    // of symbols that it imports
  std::vector<std::string> search_paths = {};  // DT_RUNPATH, or DT_RPATH: "$ORIGIN/../numpy.libs"
};

// Nothing for another kind of file, for one that is damaged, and for other than 64-bit little-endian ELF (System V ABI,
// chapters 4 and 5; LSB, "Symbol Versioning"). Reads only headers, the dynamic section and its strings. Throws only the
// errors of `file`.
std::optional<ElfNeeds> elf_needs(const RandomAccess& file);

}  // namespace lapstrake::packages
