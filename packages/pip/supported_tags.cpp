#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/tags.hpp>

namespace lapstrake::packages::pip {
namespace {

constexpr std::uint32_t most_minors = 200;  // of a libc or Python: a bound for values that users give

// PEP 600, and the older names of the same platforms: PEP 599, 571, 513.
std::vector<std::string> glibc_platforms(std::uint32_t minor, const std::string& machine) {
  const bool is_x86 = machine == "x86_64";
  const std::uint32_t oldest = is_x86 ? 5 : 17;
  std::vector<std::string> out;
  for (std::uint32_t m = std::min(minor, most_minors); m >= oldest; --m) {
    out.push_back(cat("manylinux_2_", m, "_", machine));
    if (m == 17) out.push_back(cat("manylinux2014_", machine));
    if (m == 12) out.push_back(cat("manylinux2010_", machine));
    if (m == 5) out.push_back(cat("manylinux1_", machine));
  }
  return out;
}

// PEP 656.
std::vector<std::string> musl_platforms(std::uint32_t minor, const std::string& machine) {
  std::vector<std::string> out;
  for (std::uint32_t m = std::min(minor, most_minors) + 1; m-- > 0;)
    out.push_back(cat("musllinux_1_", m, "_", machine));
  return out;
}

std::vector<std::string> platforms_of(const Target& target) {
  auto out = target.libc.kind == Libc::Kind::glibc ? glibc_platforms(target.libc.minor, target.machine)
                                                   : musl_platforms(target.libc.minor, target.machine);
  out.push_back(cat("linux_", target.machine));
  return out;
}

// "py311", "py3", "py310" ... "py30".
std::vector<std::string> generic_pythons(std::uint32_t minor) {
  std::vector<std::string> out{cat("py3", minor), "py3"};
  for (std::uint32_t m = minor; m-- > 0;) out.push_back(cat("py3", m));
  return out;
}

// One tag for each platform.
void add_tags(std::vector<Tag>& out, const std::string& python, const std::string& abi,
              const std::vector<std::string>& platforms) {
  for (const auto& platform : platforms) out.push_back({.python = python, .abi = abi, .platform = platform});
}

// The ABI of a CPython version: cp311. A free-threaded one has a "t"; one before 3.8 has the "m" of pymalloc, its
// default (cp37m).
std::string own_abi(const Target& target, const std::string& python) {
  constexpr std::uint32_t first_without_m = 8;
  if (target.is_free_threaded) return cat(python, "t");
  return cat(python, target.python.minor < first_without_m ? "m" : "");
}

// The stable ABI: abi3 since CPython 3.2, abi3t of free-threaded builds (PEP 803).
constexpr std::uint32_t first_stable = 2;

}  // namespace

std::vector<Tag> supported_tags(const Target& target) {
  const auto minor = std::min(target.python.minor, most_minors);
  const auto python = cat("cp3", minor);
  const auto platforms = platforms_of(target);
  const std::string abi3 = target.is_free_threaded ? "abi3t" : "abi3";
  std::vector<Tag> out;
  add_tags(out, python, own_abi(target, python), platforms);
  if (minor >= first_stable) add_tags(out, python, abi3, platforms);
  add_tags(out, python, "none", platforms);
  for (std::uint32_t m = minor; m-- > first_stable;) add_tags(out, cat("cp3", m), abi3, platforms);
  for (const auto& generic : generic_pythons(minor)) add_tags(out, generic, "none", platforms);
  add_tags(out, python, "none", {"any"});
  for (const auto& generic : generic_pythons(minor)) add_tags(out, generic, "none", {"any"});
  return out;
}

}  // namespace lapstrake::packages::pip
