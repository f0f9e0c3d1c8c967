#include <algorithm>
#include <array>
#include <lapstrake/base/text.hpp>
#include <utility>

#include "characters.hpp"
#include "wheel_reasons.hpp"

namespace lapstrake::packages::pip {
namespace {

struct PlatformTag {
  enum class System { any, linux, windows, macos, other } system = System::other;
  std::optional<Libc> libc = {};
  std::string machine = {};
};

constexpr std::array<std::pair<std::string_view, std::uint32_t>, 3> old_names{
    {{"manylinux1_", 5}, {"manylinux2010_", 12}, {"manylinux2014_", 17}}};

// "2_17_x86_64" after "manylinux_".
std::optional<PlatformTag> versioned(std::string_view text, Libc::Kind kind) {
  const auto first = text.find('_');
  const auto second = first == std::string_view::npos ? first : text.find('_', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto libc = Libc::from_text(cat(kind == Libc::Kind::glibc ? "glibc-" : "musl-", text.substr(0, first), ".",
                                        text.substr(first + 1, second - first - 1)));
  if (!libc) return std::nullopt;
  return PlatformTag{
      .system = PlatformTag::System::linux, .libc = libc, .machine = std::string(text.substr(second + 1))};
}

std::optional<PlatformTag> linux_platform(std::string_view text) {
  for (const auto& [prefix, minor] : old_names)
    if (text.starts_with(prefix))
      return PlatformTag{.system = PlatformTag::System::linux,
                         .libc = Libc{.kind = Libc::Kind::glibc, .major = 2, .minor = minor},
                         .machine = std::string(text.substr(prefix.size()))};
  constexpr std::string_view glibc = "manylinux_", musl = "musllinux_", plain = "linux_";
  if (text.starts_with(glibc)) return versioned(text.substr(glibc.size()), Libc::Kind::glibc);
  if (text.starts_with(musl)) return versioned(text.substr(musl.size()), Libc::Kind::musl);
  if (text.starts_with(plain))
    return PlatformTag{
        .system = PlatformTag::System::linux, .libc = {}, .machine = std::string(text.substr(plain.size()))};
  return std::nullopt;
}

PlatformTag platform_tag(std::string_view text) {
  if (text == "any") return {.system = PlatformTag::System::any};
  if (text.starts_with("win")) return {.system = PlatformTag::System::windows};
  if (text.starts_with("macosx")) return {.system = PlatformTag::System::macos};
  return linux_platform(text).value_or(PlatformTag{});
}

std::string_view name_of(Libc::Kind kind) { return kind == Libc::Kind::glibc ? "glibc" : "musl"; }

// Weights: the more a wheel differs from the image, the larger the weight.
Reason platform_reason(std::string_view text, const Target& target) {
  using System = PlatformTag::System;
  const auto tag = platform_tag(text);
  if (tag.system == System::any) return {};
  if (tag.system == System::windows) return {.weight = 16, .text = "is for Windows"};
  if (tag.system == System::macos) return {.weight = 16, .text = "is for macOS"};
  if (tag.system == System::other) return {.weight = 16, .text = cat("is for the platform `", text, "`")};
  if (tag.machine != target.machine) return {.weight = 8, .text = cat("is for ", tag.machine)};
  if (!tag.libc) return {};
  if (tag.libc->kind != target.libc.kind) return {.weight = 4, .text = cat("is for ", name_of(tag.libc->kind))};
  if (tag.libc->minor <= target.libc.minor) return {};
  return {.weight = 1,
          .text = cat("needs ", name_of(tag.libc->kind), " ", tag.libc->major, ".", tag.libc->minor, ", the image has ",
                      target.libc.major, ".", target.libc.minor)};
}

// "cp311" -> {"cp", 3, 11}; "py3" -> {"py", 3, nothing}.
struct PythonTag {
  std::string implementation;
  std::uint32_t major = 0;
  std::optional<std::uint32_t> minor = {};
};

std::optional<PythonTag> python_tag(std::string_view text) {
  const auto at = std::min(text.find_first_of("0123456789"), text.size());
  const auto digits = text.substr(at);
  const auto minor = digits.size() > 1 && digits.size() <= 4 ? parse_integer(digits.substr(1)) : std::nullopt;
  if (at == 0 || digits.empty() || !is_digit(digits.front()) || (digits.size() > 1 && !minor)) return std::nullopt;
  PythonTag out{.implementation = std::string(text.substr(0, at)),
                .major = static_cast<std::uint32_t>(digits[0] - '0')};
  if (minor) out.minor = static_cast<std::uint32_t>(*minor);
  return out;
}

std::string version_text(const PythonTag& tag) {
  return tag.minor ? cat("Python ", tag.major, ".", *tag.minor) : cat("Python ", tag.major);
}

Reason cpython_reason(const PythonTag& tag, std::string_view abi, const Target& target) {
  const auto python = cat("cp3", target.python.minor);
  const bool is_stable = abi == "abi3" || abi == "abi3t";
  if (is_stable && tag.minor > target.python.minor)
    return {.weight = 2, .text = cat("needs ", version_text(tag), " or newer")};
  if (!is_stable && (tag.major != 3 || tag.minor != target.python.minor))
    return {.weight = 2, .text = cat("is for ", abi.ends_with('t') ? "free-threaded " : "", version_text(tag))};
  const bool needs_free = abi.ends_with('t');
  if (abi != "none" && needs_free != target.is_free_threaded)
    return {.weight = 2, .text = needs_free ? "is for free-threaded Python" : "is not for free-threaded Python"};
  if (!is_stable && abi != "none" && abi != python && abi != cat(python, "t"))
    return {.weight = 2, .text = cat("is for the Python ABI `", abi, "`")};
  return {};
}

Reason python_reason(std::string_view python, std::string_view abi, const Target& target) {
  const auto tag = python_tag(python);
  if (!tag) return {.weight = 4, .text = cat("is for the interpreter `", python, "`")};
  if (tag->implementation == "pp")
    return {.weight = 4, .text = cat("is for PyPy ", tag->major, ".", tag->minor.value_or(0))};
  if (tag->implementation == "cp") return cpython_reason(*tag, abi, target);
  if (tag->implementation != "py") return {.weight = 4, .text = cat("is for the interpreter `", python, "`")};
  if (tag->major != 3) return {.weight = 4, .text = cat("is for ", version_text(*tag))};
  if (tag->minor > target.python.minor) return {.weight = 2, .text = cat("needs ", version_text(*tag), " or newer")};
  if (abi != "none") return {.weight = 2, .text = cat("is for the Python ABI `", abi, "`")};
  return {};
}

// Keeps the reason with the smallest weight; an empty one means that a tag fits.
void keep_lighter(std::optional<Reason>& best, Reason reason) {
  if (!best || reason.weight < best->weight) best = std::move(reason);
}

}  // namespace

std::vector<Reason> reasons_against(const WheelName& wheel, const Target& target) {
  std::optional<Reason> python, platform;
  for (const auto& p : wheel.pythons)
    for (const auto& abi : wheel.abis) keep_lighter(python, python_reason(p, abi, target));
  for (const auto& p : wheel.platforms) keep_lighter(platform, platform_reason(p, target));
  std::vector<Reason> out;
  for (auto& reason : {python, platform})
    if (reason && reason->weight != 0) out.push_back(*reason);
  return out;
}

std::vector<std::string> why_not(const WheelName& wheel, const Target& target) {
  if (WheelRanks(target).rank(wheel)) return {};
  std::vector<std::string> out;
  for (auto& reason : reasons_against(wheel, target)) out.push_back(std::move(reason.text));
  if (out.empty()) out.push_back(cat("has no tag that fits ", target.text()));
  return out;
}

}  // namespace lapstrake::packages::pip
