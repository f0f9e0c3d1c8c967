#include "shared_file.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::aws {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Up to a `#` or `;` that follows white space.
std::string_view without_comment(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i)
    if ((text[i] == '#' || text[i] == ';') && is_blank(text[i - 1])) return text.substr(0, i);
  return text;
}

// `profile  "a b"` -> `profile a b`.
std::string section_name(std::string_view text) {
  text = trim(text);
  const auto gap = text.find_first_of(" \t");
  if (gap == std::string_view::npos) return std::string(text);
  auto name = trim(text.substr(gap));
  if (name.size() >= 2 && (name.front() == '"' || name.front() == '\'') && name.back() == name.front())
    name = name.substr(1, name.size() - 2);
  return cat(text.substr(0, gap), " ", name);
}

class Reader {
 public:
  explicit Reader(std::string_view what) : what_(what) {}

  void take(std::string_view line) {
    ++number_;
    const auto text = trim(line);
    if (text.empty() || text.front() == '#' || text.front() == ';') return;
    if (is_blank(line.front()) && value_ != nullptr)
      *value_ = std::string(trim(cat(*value_, "\n", text)));
    else if (text.front() == '[')
      open(text);
    else
      set(text);
  }
  std::map<std::string, Section> sections() && { return std::move(sections_); }

 private:
  void open(std::string_view text) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) fail("opens a section with `[` and lacks the `]`");
    section_ = &sections_[section_name(text.substr(1, end - 1))];
    value_ = nullptr;
  }
  void set(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) fail("is neither `[section]` nor `name = value`");
    if (section_ == nullptr) fail("stands before the first `[section]`");
    value_ = &(*section_)[lower(trim(text.substr(0, equals)))];
    *value_ = std::string(trim(without_comment(text.substr(equals + 1))));
  }
  [[noreturn]] void fail(std::string_view why) const {
    throw Error(Fault::access, cat("cannot understand ", what_, ": line ", number_, " ", why),
                cat("correct line ", number_, " of ", what_));
  }

  std::string_view what_;
  int number_ = 0;
  std::map<std::string, Section> sections_;
  Section* section_ = nullptr;
  std::string* value_ = nullptr;
};

}  // namespace

std::map<std::string, Section> parse_shared_file(std::string_view text, std::string_view what) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  Reader reader(what);
  for (const auto& line : split(text, '\n')) reader.take(line);
  return std::move(reader).sections();
}

}  // namespace lapstrake::aws
