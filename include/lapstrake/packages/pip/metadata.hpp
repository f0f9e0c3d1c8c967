// The files METADATA and WHEEL of a wheel: header fields as in an e-mail (packaging.python.org, "Core metadata
// specifications" and "Binary distribution format").
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::pip {

struct Metadata {
  std::string name, version;    // as written
  std::string requires_python;  // empty if missing
  std::vector<std::string> requires_dist, provides_extra;
  // License-Expression (SPDX's), else a License of one line, else the classifiers: "BSD License"; empty if unknown.
  std::string license = {};
  bool operator==(const Metadata&) const = default;
};
// `what` names the wheel in the Error. Error{integrity}: no or two names or versions, two Requires-Python, a major
// version of the format above 2. As Python's e-mail parser: the description after the first line that is not a header
// is not read.
Metadata parse_metadata(std::string_view text, std::string_view what);

struct WheelInfo {
  bool is_purelib = false;
  std::vector<std::string> tags;  // as written: "py3-none-any"
  bool operator==(const WheelInfo&) const = default;
};
// Error{integrity}: no or two format versions, a major version that is not 1, a Root-Is-Purelib that is not true or
// false.
WheelInfo parse_wheel_info(std::string_view text, std::string_view what);

}  // namespace lapstrake::packages::pip
