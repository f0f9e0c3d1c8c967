#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/control.hpp>
#include <set>
#include <utility>

namespace lapstrake::packages::deb {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return small(x) == small(y); });
}

struct IsBefore {
  bool operator()(std::string_view a, std::string_view b) const {
    return std::ranges::lexicographical_compare(a, b, {}, small, small);
  }
};

// Reads line by line, and gathers the fields of one paragraph.
class Reader {
 public:
  Reader(std::string_view text, std::string_view what, const std::function<void(const Stanza&)>& each)
      : text_(text), what_(what), each_(each) {}

  void run() {
    if (text_.find('\0') != text_.npos) refuse("contains a NUL byte");
    for (std::size_t at = 0; at < text_.size();) {
      const auto end = std::min(text_.find('\n', at), text_.size());
      ++number_;
      take(text_.substr(at, end - at), at);
      at = end + 1;
    }
    finish(text_.size());
  }

 private:
  [[noreturn]] void refuse(std::string_view why) const {
    throw Error(ErrorKind::integrity, cat(what_, number_ > 0 ? cat(", line ", number_, ",") : "", " ", why));
  }

  void take(std::string_view line, std::size_t at) {
    if (line.starts_with('#')) return;
    const auto shown = line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
    if (std::ranges::all_of(shown, is_blank)) {
      finish(at);
      return;
    }
    if (is_blank(line.front())) {
      if (fields_.empty()) refuse("continues a field, but no field precedes it");
      auto& value = fields_.back().value;
      value = std::string_view(value.data(), static_cast<std::size_t>(shown.data() + shown.size() - value.data()));
      return;
    }
    const auto colon = shown.find(':');
    if (colon == shown.npos || colon == 0) refuse(cat("has no field name: `", printable(shown, 100), "`"));
    if (fields_.empty()) begin_ = at;
    const auto name = shown.substr(0, colon);
    if (!names_.insert(name).second) refuse(cat("repeats the field `", printable(name, 100), "`"));
    const auto value = shown.substr(colon + 1);
    const auto first = std::min(value.find_first_not_of(" \t"), value.size());
    fields_.push_back({.name = name, .value = value.substr(first)});
  }

  void finish(std::size_t end) {
    if (fields_.empty()) return;
    for (auto& field : fields_) field.value = trim(field.value);
    each_(Stanza(text_.substr(begin_, end - begin_), std::exchange(fields_, {})));
    names_.clear();
  }

  std::string_view text_, what_;
  const std::function<void(const Stanza&)>& each_;
  std::vector<Field> fields_;
  std::set<std::string_view, IsBefore> names_;
  std::size_t begin_ = 0;
  unsigned number_ = 0;
};

// Parts between any of `separators`, without blanks around them and without empty ones.
std::vector<std::string_view> parts_of(std::string_view value, std::string_view separators) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < value.size();) {
    const auto end = std::min(value.find_first_of(separators, at), value.size());
    if (const auto part = trim(value.substr(at, end - at)); !part.empty()) out.push_back(part);
    at = end + 1;
  }
  return out;
}

}  // namespace

std::optional<std::string_view> Stanza::find(std::string_view name) const {
  for (const auto& field : fields_)
    if (is_same_name(field.name, name)) return field.value;
  return std::nullopt;
}

std::string_view Stanza::value(std::string_view name) const { return find(name).value_or(std::string_view()); }

void for_each_stanza(std::string_view text, std::string_view what, const std::function<void(const Stanza&)>& each) {
  Reader(text, what, each).run();
}

Stanza single_stanza(std::string_view text, std::string_view what) {
  std::optional<Stanza> out;
  for_each_stanza(text, what, [&](const Stanza& stanza) {
    if (out) throw Error(ErrorKind::integrity, cat(what, " has several paragraphs instead of one"));
    out = stanza;
  });
  if (!out) throw Error(ErrorKind::integrity, cat(what, " is empty"));
  return *out;
}

std::vector<std::string_view> lines_of(std::string_view value) { return parts_of(value, "\n"); }
std::vector<std::string_view> words_of(std::string_view value) { return parts_of(value, " \t\r\n"); }

}  // namespace lapstrake::packages::deb
