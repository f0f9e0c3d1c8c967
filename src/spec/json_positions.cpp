#include "json_positions.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::spec {
namespace {

// The offset behind the string that begins at `at`.
std::size_t behind_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\') ++at;
  return std::min(at + 1, text.size());
}

// The offset of the next token at or after `at`.
std::size_t token_from(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const auto rest = text.substr(at);
    const bool is_line = rest.starts_with("//");
    if (is_line || rest.starts_with("/*")) {
      const auto end = text.find(is_line ? "\n" : "*/", at + 2);
      at = end == std::string_view::npos ? text.size() : end + (is_line ? 1 : 2);
    } else if (std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos) {
      ++at;
    } else {
      break;
    }
  }
  return at;
}

// Walks a text that is known to be JSON.
class Walk {
 public:
  explicit Walk(const SourceText& source) : source_(source), text_(source.text()) {}

  std::map<std::string, Position> positions() && {
    value("");
    return std::move(positions_);
  }

 private:
  void value(const std::string& pointer) {
    at_ = token_from(text_, at_);
    if (pointer.size() > left_) {
      at_ = text_.size();
      return;
    }
    left_ -= pointer.size();
    positions_[pointer] = source_.position(source_.span_at(at_, 1));
    if (at_ >= text_.size()) return;
    const char first = text_[at_];
    if (first == '{' || first == '[') return elements(pointer, first == '{');
    if (first == '"') {
      at_ = behind_string(text_, at_);
      return;
    }
    while (at_ < text_.size() && std::string_view(",]}/ \t\r\n").find(text_[at_]) == std::string_view::npos) ++at_;
  }

  void elements(const std::string& pointer, bool is_object) {
    ++at_;
    for (std::size_t index = 0;; ++index) {
      at_ = token_from(text_, at_);
      if (at_ < text_.size() && text_[at_] == ',') at_ = token_from(text_, at_ + 1);
      if (at_ >= text_.size()) return;
      if (text_[at_] == ']' || text_[at_] == '}') break;
      value(cat(pointer, "/", is_object ? name() : cat(index)));
    }
    ++at_;
  }

  // Of a member, as a step of a JSON pointer; leaves the place behind its colon.
  std::string name() {
    const auto begin = at_;
    at_ = behind_string(text_, at_);
    const auto read = nlohmann::json::parse(text_.substr(begin, at_ - begin), nullptr, false);
    at_ = token_from(text_, at_) + 1;
    const auto whole = read.is_string() ? read.get<std::string>() : "";
    return replace_all(replace_all(whole, "~", "~0"), "/", "~1");
  }

  const SourceText& source_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t left_ = most_pointer_bytes;
  std::map<std::string, Position> positions_;
};

}  // namespace

std::map<std::string, Position> json_positions(const SourceText& source) { return Walk(source).positions(); }

std::optional<std::size_t> trailing_comma(std::string_view text) {
  for (auto at = token_from(text, 0); at < text.size(); at = token_from(text, at)) {
    if (text[at] == ',') {
      const auto next = token_from(text, at + 1);
      if (next < text.size() && (text[next] == '}' || text[next] == ']')) return at;
    }
    at = text[at] == '"' ? behind_string(text, at) : at + 1;
  }
  return std::nullopt;
}

}  // namespace lapstrake::spec
