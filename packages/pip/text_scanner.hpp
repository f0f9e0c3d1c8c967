// Reads markers and requirements from left to right.
#pragma once
#include <algorithm>
#include <string_view>

#include "characters.hpp"

namespace lapstrake::packages::pip {

class TextScanner {
 public:
  explicit TextScanner(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  char next() const { return at_end() ? '\0' : text_[at_]; }
  std::size_t position() const { return at_; }
  std::string_view rest() const { return text_.substr(at_); }
  void skip(std::size_t bytes) { at_ += bytes; }
  void skip_space() {
    while (!at_end() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n')) ++at_;
  }
  bool take(std::string_view word) {
    if (!rest().starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  // A word that no letter, digit or `_` follows.
  bool take_word(std::string_view word) {
    if (!rest().starts_with(word)) return false;
    const auto after = rest().substr(word.size(), 1);
    if (!after.empty() && is_word(after.front())) return false;
    at_ += word.size();
    return true;
  }
  template <class Predicate>
  std::string_view take_while(Predicate&& is_wanted) {
    const auto found = rest();
    const auto end = std::ranges::find_if_not(found, is_wanted);
    const auto out = found.substr(0, static_cast<std::size_t>(end - found.begin()));
    at_ += out.size();
    return out;
  }
  static bool is_word(char c) { return is_letter_or_digit(c) || c == '_'; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace lapstrake::packages::pip
