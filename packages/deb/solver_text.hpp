// The text of packages for libsolv: only the fields that decide the installed packages, each on one line.
#pragma once
#include <string>
#include <string_view>

namespace lapstrake::packages::deb {

// `stanza`: a paragraph of Packages or of dpkg's status. Ends with an empty line. Error{integrity}: a
// dependency has more than limits::package_alternatives.
std::string solver_text(std::string_view stanza);
// Of the packages of dpkg's database that count as installed. Error{integrity} for a paragraph that is not of its
// format.
std::string installed_solver_text(std::string_view status);

}  // namespace lapstrake::packages::deb
