// Versions of Python projects and their total order (PEP 440; packaging.python.org, "Version specifiers").
#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::pip {

// "a1", "b2", "rc3".
struct PreRelease {
  enum class Phase { alpha, beta, candidate } phase = Phase::alpha;
  std::uint64_t number = 0;
  auto operator<=>(const PreRelease&) const = default;
};

// A part of a local version label. Numbers come after words and are compared by value, of any length.
struct LocalPart {
  bool is_number = false;
  std::string text = {};  // in lower case; a number without leading zeros
  std::strong_ordering operator<=>(const LocalPart& other) const;
  bool operator==(const LocalPart&) const = default;
};

struct Version {
  std::uint64_t epoch = 0;
  std::vector<std::uint64_t> release = {0};  // at least one
  std::optional<PreRelease> pre = {};
  std::optional<std::uint64_t> post = {}, dev = {};
  std::vector<LocalPart> local = {};

  // Accepts the spellings that PEP 440 normalises ("v1.0-Alpha.1", "1.0-1"). Nothing for other text, more than 1024
  // bytes, and numbers above 64 bits outside the local part.
  static std::optional<Version> from_text(std::string_view text);
  // The same; Error{usage}.
  static Version parse(std::string_view text);

  std::string text() const;  // the normal form: "1!2.0a1.post2.dev3+local.4"
  bool is_pre_release() const { return pre.has_value() || dev.has_value(); }  // developmental releases too
  Version without_local() const;

  // Trailing zeros of the release do not count: 1.0 == 1.0.0.
  std::strong_ordering operator<=>(const Version& other) const;
  bool operator==(const Version& other) const { return (*this <=> other) == 0; }
};

// Compares the releases (`left`, `right` padded with zeros).
std::strong_ordering compare_releases(const std::vector<std::uint64_t>& left, const std::vector<std::uint64_t>& right);

}  // namespace lapstrake::packages::pip
