// Which wheels fit an image, and in which order (packaging.python.org, "Platform compatibility tags" and "Binary
// distribution format"; PEP 425, 600, 656, 703, 803). The order is that of pip (packaging.tags) and uv
// (crates/uv-platform-tags): the kind of a wheel decides before the version of its platform.
#pragma once
#include <cstddef>
#include <lapstrake/packages/pip/target.hpp>
#include <lapstrake/packages/pip/version.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::pip {

struct Tag {
  std::string python, abi, platform;  // "cp311", "abi3", "manylinux_2_17_x86_64"
  std::string text() const;           // "cp311-abi3-manylinux_2_17_x86_64"
  auto operator<=>(const Tag&) const = default;
};

// `{name}-{version}(-{build})?-{python}-{abi}-{platform}.whl`; each tag may be a set: "py2.py3".
struct WheelName {
  std::string text = {};     // the file's name
  std::string name = {};     // of the project, as written
  std::string version = {};  // as written; a valid PEP 440 version
  std::string build = {};    // starts with a digit; empty without a build tag
  std::vector<std::string> pythons = {}, abis = {}, platforms = {};

  // Nothing if it is not the name of a wheel, or has more than 1,000 combinations of tags.
  static std::optional<WheelName> from_text(std::string_view file_name);
  // The same; Error{usage}.
  static WheelName parse(std::string_view file_name);
  std::vector<Tag> tags() const;  // all combinations
  bool operator==(const WheelName&) const = default;
};

// All tags that fit, the most preferred first.
std::vector<Tag> supported_tags(const Target& target);

// A table of supported_tags(), for many wheels.
class WheelRanks {
 public:
  explicit WheelRanks(const Target& target);
  // The place of the wheel's best tag in supported_tags(), 0 is best; nothing if none fits.
  std::optional<std::size_t> rank(const WheelName& wheel) const;

 private:
  std::map<Tag, std::size_t> places_;
};

// One reason for each way in which the wheel does not fit: "needs glibc 2.39, the image has 2.36", "is for Python
// 3.13", "is for aarch64", "is for musl". Empty if it fits.
std::vector<std::string> why_not(const WheelName& wheel, const Target& target);

// The index in `file_names` of the best wheel for the target; equal tags are decided by the highest build tag. Files
// that are not wheels are ignored. Error{usage} if none fits: it names the nearest wheel and why it does not fit, or
// says that there are only source archives; the help names known alternatives (psycopg2 -> psycopg2-binary).
std::size_t choose_wheel(std::string_view name, std::string_view version, const std::vector<std::string>& file_names,
                         const Target& target);

}  // namespace lapstrake::packages::pip
