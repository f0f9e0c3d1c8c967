// Environment markers: `python_version < "3.11" and sys_platform == "linux"` (PEP 508; packaging.python.org,
// "Dependency specifiers"; with the sets `extras` and `dependency_groups` of pylock.toml, PEP 751).
#pragma once
#include <cstdint>
#include <lapstrake/packages/pip/target.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::pip {

// The values of the variables. An empty python_full_version or implementation_version is unknown.
struct MarkerEnvironment {
  std::string os_name = "posix";
  std::string sys_platform = "linux";
  std::string platform_system = "Linux";
  std::string platform_machine = "x86_64";  // or "aarch64"
  std::string implementation_name = "cpython";
  std::string platform_python_implementation = "CPython";
  std::string python_version = {};          // "3.11"
  std::string python_full_version = {};     // "3.11.4"
  std::string implementation_version = {};  // the same for CPython
};
MarkerEnvironment marker_environment(const Target& target);

// What is selected, as normalised names. `extra == "x"` and `"x" in extras` are true for each member of `extras`.
struct MarkerSets {
  std::set<std::string> extras = {};
  std::set<std::string> dependency_groups = {};
};

class Marker {
 public:
  // Error{usage} for invalid text, more than 64 KiB, and more than 100 parentheses inside each other.
  static Marker parse(std::string_view text);

  // Error{usage} if the result depends on a value that no image has (platform_release, platform_version, the patch
  // level of a Python that is known as "3.11"), or if a comparison is undefined (`~=` of texts that are not versions).
  bool holds(const MarkerEnvironment& environment, const MarkerSets& sets = {}) const;
  // The extras that it mentions, normalised: others do not change the result.
  std::set<std::string> extras() const;
  const std::string& text() const { return text_; }  // as written, without white space around it
  bool operator==(const Marker& other) const { return text_ == other.text_; }

  // For the parser and the evaluation (marker.cpp): a tree in a vector, leaves before their parents.
  struct Operand {
    bool is_variable = false;
    std::string text;  // the variable's name, or the value
  };
  struct Node {
    enum class Kind { comparison, both, either } kind = Kind::comparison;
    Operand left = {}, right = {};  // of a comparison
    std::string op = {};            // "==", "in", "not in", ...
    std::size_t first = 0, second = 0;
    std::string text() const;  // of a comparison
  };

 private:
  std::string text_;
  std::vector<Node> nodes_;  // the last one is the root
};

}  // namespace lapstrake::packages::pip
