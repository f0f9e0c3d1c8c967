// Version specifiers: ">=1.4,<2" (PEP 440; packaging.python.org, "Version specifiers").
#pragma once
#include <lapstrake/packages/pip/version.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::pip {

enum class VersionOperator { compatible, equal, not_equal, at_most, at_least, less, greater, identical };
std::string_view text(VersionOperator op);  // "~=", "==", "!=", "<=", ">=", "<", ">", "==="

// Whether a set contains pre-releases.
enum class PreReleases {
  allow,    // of what is installed or pinned already
  if_named  // only if one of the specifiers names a pre-release
};

struct Specifier {
  VersionOperator op = VersionOperator::equal;
  Version version = {};
  bool is_prefix = false;    // "==1.4.*"
  std::string literal = {};  // of `===`, which compares texts

  // One specifier, with white space around it and after the operator. Nothing if it is invalid.
  static std::optional<Specifier> from_text(std::string_view text);
  bool contains(const Version& candidate) const;  // pre-releases too
  std::string text() const;
  bool operator==(const Specifier&) const = default;
};

// All of them must hold; an empty set holds for each version.
class SpecifierSet {
 public:
  SpecifierSet() = default;
  explicit SpecifierSet(std::vector<Specifier> specifiers) : specifiers_(std::move(specifiers)) {}
  // Separated by commas; an empty part is ignored, as in pip. Nothing if one is invalid, beyond 16 KiB or 1,000
  // specifiers.
  static std::optional<SpecifierSet> from_text(std::string_view text);
  // The same; Error{usage}.
  static SpecifierSet parse(std::string_view text);

  bool contains(const Version& candidate, PreReleases rule = PreReleases::if_named) const;
  // The version of a lone "==1.4.2" or "===1.4.2"; nothing for other sets.
  std::optional<Version> pinned() const;

  const std::vector<Specifier>& specifiers() const { return specifiers_; }
  bool empty() const { return specifiers_.empty(); }
  std::string text() const;  // ">=1.4,<2", in the order of the source
  bool operator==(const SpecifierSet&) const = default;

 private:
  std::vector<Specifier> specifiers_;
};

}  // namespace lapstrake::packages::pip
