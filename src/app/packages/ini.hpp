// INI files as Python's configparser reads them: pip.conf.
#pragma once
#include <map>
#include <string>
#include <string_view>

namespace lapstrake::app {

using IniSection = std::map<std::string, std::string>;  // by key, in lower case

// `key = value` or `key: value`; lines that are indented continue a value; `#` and `;` begin comment lines. A later
// value of one key wins. `%` has no meaning, as in pip. Error{usage} naming `what` and the line otherwise.
std::map<std::string, IniSection> parse_ini(std::string_view text, std::string_view what);

}  // namespace lapstrake::app
