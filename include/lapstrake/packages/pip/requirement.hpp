// A requirement: `flask[async]>=3.1; python_version >= "3.9"` or `flask @ https://...` (PEP 508).
#pragma once
#include <lapstrake/packages/pip/marker.hpp>
#include <lapstrake/packages/pip/specifier.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::pip {

struct Requirement {
  std::string name = {};                 // as written
  std::vector<std::string> extras = {};  // as written
  SpecifierSet specifiers = {};
  std::string url = {};  // instead of specifiers
  std::optional<Marker> marker = {};

  // Error{usage} for invalid text and more than 64 KiB. `foo (>=1.0)`, the form of older metadata, is valid.
  static Requirement parse(std::string_view text);
  std::string text() const;                 // "flask[async]>=3.1; python_version >= '3.9'"
  std::string text_without_marker() const;  // "flask[async]>=3.1"
  bool operator==(const Requirement&) const = default;
};

}  // namespace lapstrake::packages::pip
