// Places: paths of packages relative to the project, "node_modules/a/node_modules/@scope/b", "packages/web".
#pragma once
#include <string>
#include <string_view>

namespace lapstrake::packages::npm {

// Empty if it is a valid place, else why not: "has the part `..`".
std::string flaw_of_place(std::string_view place);
// Empty for a name that npm installs ("a", "@scope/b"), else why not. Old names may have capitals and any character
// of a URL's path (validate-npm-package-name, "validForOldPackages").
std::string flaw_of_name(std::string_view name);

bool is_in_node_modules(std::string_view place);
// "@scope/b"; of a workspace, its last folder.
std::string_view name_of_place(std::string_view place);
// The package whose folder `node_modules` has this place: "node_modules/a", "" (the project).
std::string_view package_around(std::string_view place);

// The place, with `.` and `..` resolved; `from` is the folder it is relative to. "../x" if it is outside.
std::string normal_path(std::string_view from, std::string_view path);

}  // namespace lapstrake::packages::npm
