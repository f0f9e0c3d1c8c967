// Members of the loosely typed JSON of npm: a member of an unexpected type counts as absent, as it does for npm.
#pragma once
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace lapstrake::packages::npm {

const nlohmann::json* member(const nlohmann::json& object, const char* name);  // nullptr when absent
std::string text_member(const nlohmann::json& object, const char* name);
bool flag_member(const nlohmann::json& object, const char* name);  // true only for `true`
// A text is a list of one.
std::vector<std::string> texts_member(const nlohmann::json& object, const char* name);
std::map<std::string, std::string> map_member(const nlohmann::json& object, const char* name);
// `bin` of a package.json or lock file: command -> file. npm-normalize-package-bin: only the last part of a command
// counts, a file is a path in the package, a lone text belongs to the package's own name.
std::map<std::string, std::string> bin_member(const nlohmann::json& object, std::string_view package_name);

}  // namespace lapstrake::packages::npm
