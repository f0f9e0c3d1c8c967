#include "ini.hpp"

#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::packages::npm {
namespace {

std::string without_quotes(std::string_view text) {
  const std::string inner(text.front() == '\'' ? text.substr(1, text.size() - 2) : text);
  const auto value = nlohmann::json::parse(inner, nullptr, false);
  if (value.is_string()) return value.get<std::string>();
  return inner;
}

// Up to a comment, with `\;`, `\#` and `\\` replaced.
std::string without_comment(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ';' || c == '#') break;
    if (c != '\\' || i + 1 == text.size()) {
      out += c;
    } else {
      const char next = text[++i];
      if (next != ';' && next != '#' && next != '\\') out += c;
      out += next;
    }
  }
  return std::string(trim(out));
}

std::string plain(std::string_view text) {
  text = trim(text);
  const bool is_quoted =
      text.size() > 1 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'');
  return is_quoted ? without_quotes(text) : without_comment(text);
}

}  // namespace

std::vector<IniLine> ini_lines(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::vector<IniLine> out;
  for (const auto& line : split(replace_all(std::string(text), "\r", "\n"), '\n')) {
    const auto words = trim(line);
    if (words.empty() || words.starts_with('#') || words.starts_with(';')) continue;
    if (line.starts_with('[') && words.ends_with(']')) break;  // a section, to the end of the file
    const auto equals = line.find('=');
    if (equals == line.npos) continue;
    auto key = plain(std::string_view(line).substr(0, equals));
    if (!key.empty() && !key.ends_with("[]"))
      out.push_back({.key = std::move(key), .value = plain(std::string_view(line).substr(equals + 1))});
  }
  return out;
}

}  // namespace lapstrake::packages::npm
