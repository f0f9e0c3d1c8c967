#include "shared_file.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <utility>

namespace lapstrake::aws {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Up to a `#` or `;` that follows white space.
std::string_view without_comment(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i)
    if ((text[i] == '#' || text[i] == ';') && is_blank(text[i - 1])) return text.substr(0, i);
  return text;
}

bool is_quoted(std::string_view text) {
  return text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
}

// `profile  "a b"` -> `profile a b`.
std::string section_name(std::string_view text) {
  text = trim(text);
  const auto gap = text.find_first_of(" \t");
  if (gap == std::string_view::npos) return std::string(text);
  auto name = trim(text.substr(gap));
  if (is_quoted(name)) name = name.substr(1, name.size() - 2);
  return cat(text.substr(0, gap), " ", name);
}

// The rules of Python's configparser, by which botocore reads the files: what is indented deeper than the setting above
// it continues that setting; a line without `=` and `:` is an error, unless it is a `[section]` or a comment.
class Reader {
 public:
  explicit Reader(std::string_view what) : what_(what) {}

  void take(std::string_view line) {
    ++number_;
    const auto text = trim(line);
    if (text.empty()) ++blank_lines_;
    if (text.empty() || text.front() == '#' || text.front() == ';') return;
    const auto blank_lines = std::exchange(blank_lines_, 0);
    const auto indent = static_cast<std::size_t>(text.data() - line.data());
    if (value_ != nullptr && indent > indent_) {
      *value_ += cat(std::string(blank_lines + 1, '\n'), text);
      return;
    }
    indent_ = indent;
    if (text.front() == '[' && text.find(']', 2) != text.npos)
      open(text);
    else
      set(text);
  }
  std::map<std::string, Section> sections() && {
    for (auto& [name, section] : sections_)
      for (const auto& [setting, value] : defaults_) section.emplace(setting, value);
    return std::move(sections_);
  }

 private:
  void open(std::string_view text) {
    const auto name = section_name(text.substr(1, text.find(']', 2) - 1));
    section_ = name == "DEFAULT" ? &defaults_ : &sections_[name];
    value_ = nullptr;
  }
  void set(std::string_view text) {
    if (section_ == nullptr) fail("is before the first `[section]`");
    const auto separator = text.find_first_of("=:");
    if (separator == text.npos || separator == 0) fail("is neither `[section]` nor `name = value`");
    value_ = &(*section_)[lower(trim(text.substr(0, separator)))];
    *value_ = std::string(trim(without_comment(text.substr(separator + 1))));
  }
  [[noreturn]] void fail(std::string_view why) const {
    throw Error(ErrorKind::access, cat("cannot parse ", what_, ": line ", number_, " ", why),
                cat("correct line ", number_, " of ", what_));
  }

  std::string_view what_;
  int number_ = 0;
  std::map<std::string, Section> sections_;
  Section defaults_;  // `[DEFAULT]`: for all sections
  Section* section_ = nullptr;
  std::string* value_ = nullptr;  // the last setting's, which an indented line continues
  std::size_t indent_ = 0;        // of that setting
  std::size_t blank_lines_ = 0;   // since the last line that is none
};

}  // namespace

std::map<std::string, Section> parse_shared_file(std::string_view text, std::string_view what) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  Reader reader(what);
  for (const auto& line : split(text, '\n')) reader.take(line);
  return std::move(reader).sections();
}

Section nested_settings(std::string_view value) {
  Section settings;
  if (!value.starts_with('\n')) return settings;
  for (const auto& line : split(value, '\n'))
    if (const auto equals = line.find('='); equals != line.npos)
      settings[lower(trim(std::string_view(line).substr(0, equals)))] = trim(std::string_view(line).substr(equals + 1));
  return settings;
}

}  // namespace lapstrake::aws
