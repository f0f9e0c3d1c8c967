#include "ini.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::app {

std::map<std::string, IniSection> parse_ini(std::string_view text, std::string_view what) {
  std::map<std::string, IniSection> out;
  IniSection* section = nullptr;
  std::string* value = nullptr;  // that an indented line continues
  std::size_t number = 0;
  for (const auto& line : split(text, '\n')) {
    ++number;
    const auto content = trim(line);
    if (content.empty() || content.front() == '#' || content.front() == ';') continue;
    if ((line.front() == ' ' || line.front() == '\t') && value != nullptr) {
      *value += cat("\n", content);
      continue;
    }
    const auto equals = content.find_first_of("=:");
    if (content.front() == '[' && content.back() == ']') {
      section = &out[std::string(content.substr(1, content.size() - 2))];
      value = nullptr;
    } else if (section != nullptr && equals != std::string_view::npos) {
      value = &(*section)[lower(trim(content.substr(0, equals)))];
      *value = trim(content.substr(equals + 1));
    } else {
      throw Error(ErrorKind::usage, cat(what, " is not an INI file: line ", number, " is not `key = value`"));
    }
  }
  return out;
}

}  // namespace lapstrake::app
