// One line of a requirements file as a package: by name, or a wheel by URL or path.
#pragma once
#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/pip/locked_packages.hpp>
#include <string>
#include <string_view>

#include "requirement_lines.hpp"

namespace lapstrake::packages::pip {

struct RequirementEntry {
  LockedPackage package = {};  // without version if the line does not name one
  SpecifierSet specifiers = {};
  std::string text = {};  // "django>=4", for messages
  bool has_hash() const;
};

// `place`: "requirements.txt:3". Error{usage}: invalid, source code, a weak or invalid hash, a version that the line's
// other specifiers exclude.
RequirementEntry requirement_entry(const RequirementLine& line, const std::string& place);

// "PLACE: WHAT", with the help to build a wheel.
Error source_code_error(const std::string& place, std::string_view what);

}  // namespace lapstrake::packages::pip
