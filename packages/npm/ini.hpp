// The lines of an .npmrc, as npm's `ini` reads them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::npm {

struct IniLine {
  std::string key, value;
};
// `key = value` outside of sections. `;` and `#` begin comments, also behind a value, unless `\` precedes them; quoted
// values are JSON strings.
std::vector<IniLine> ini_lines(std::string_view text);

}  // namespace lapstrake::packages::npm
