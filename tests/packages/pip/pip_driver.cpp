// Lets a script compare the values of this room with those of Python's `packaging` (packaging_peer.py): a question a
// line, its parts separated by tabs; an answer a line, "invalid" for text that is refused.
//   version TEXT                       -> the normal form
//   order LEFT RIGHT                   -> "<", "=" or ">"
//   contains SPECIFIERS VERSION        -> "yes" or "no"; pre-releases are allowed
//   marker MARKER MACHINE PYTHON EXTRA -> "yes" or "no"
//   requirement TEXT                   -> name, sorted extras, URL
//   tags PYTHON THREADING LIBC MACHINE -> all tags, separated by blanks
#include <algorithm>
#include <iostream>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/marker.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/requirement.hpp>
#include <lapstrake/packages/pip/tags.hpp>
#include <string>
#include <vector>

using namespace lapstrake;
using namespace lapstrake::packages::pip;

namespace {

using Parts = std::vector<std::string>;

std::string yes_or_no(bool value) { return value ? "yes" : "no"; }

Target target_of(const std::string& python, const std::string& machine) {
  return {.python = PythonVersion::from_text(python).value(), .machine = machine};
}

std::string order(const std::string& left, const std::string& right) {
  const auto found = Version::parse(left) <=> Version::parse(right);
  return found < 0 ? "<" : found > 0 ? ">" : "=";
}

std::string marker(const Parts& parts) {
  MarkerSets sets;
  if (!parts.at(4).empty()) sets.extras.insert(normalized_name(parts.at(4)));
  return yes_or_no(Marker::parse(parts.at(1)).holds(marker_environment(target_of(parts.at(3), parts.at(2))), sets));
}

std::string requirement(const std::string& text) {
  auto found = Requirement::parse(text);
  std::ranges::sort(found.extras);
  return cat(found.name, " ", join(found.extras, ","), " ", found.url);
}

std::string tags(const Parts& parts) {
  auto target = target_of(parts.at(1), parts.at(4));
  target.is_free_threaded = parts.at(2) == "free";
  target.libc = Libc::from_text(parts.at(3)).value();
  std::vector<std::string> out;
  for (const auto& tag : supported_tags(target)) out.push_back(tag.text());
  return join(out, " ");
}

std::string answer(const Parts& parts) {
  const auto& question = parts.at(0);
  if (question == "version") return Version::parse(parts.at(1)).text();
  if (question == "order") return order(parts.at(1), parts.at(2));
  if (question == "contains")
    return yes_or_no(SpecifierSet::parse(parts.at(1)).contains(Version::parse(parts.at(2)), PreReleases::allow));
  if (question == "marker") return marker(parts);
  if (question == "requirement") return requirement(parts.at(1));
  return tags(parts);
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    try {
      std::cout << answer(split(line, '\t')) << '\n';
    } catch (const Error&) {
      std::cout << "invalid\n";
    }
  }
}
