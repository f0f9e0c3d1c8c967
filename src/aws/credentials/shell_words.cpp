#include "shell_words.hpp"

namespace lapstrake::aws {
namespace {

// The text in quotes that begins at `at`; moves `at` behind the closing quote. False when there is none.
bool take_quoted(std::string_view text, std::size_t& at, std::string& word) {
  const char quote = text[at++];
  for (; at < text.size(); ++at) {
    if (text[at] == quote) {
      ++at;
      return true;
    }
    // In double quotes, a backslash is itself unless it escapes a quote or a backslash.
    const bool escapes =
        quote == '"' && text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\');
    if (escapes) ++at;
    word += text[at];
  }
  return false;
}

}  // namespace

std::optional<std::vector<std::string>> split_shell_words(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  std::vector<std::string> words;
  for (std::size_t at = 0;;) {
    at = text.find_first_not_of(blanks, at);
    if (at == text.npos) return words;
    std::string word;
    while (at < text.size() && blanks.find(text[at]) == blanks.npos) {
      if (text[at] == '"' || text[at] == '\'') {
        if (!take_quoted(text, at, word)) return std::nullopt;
        continue;
      }
      if (text[at] == '\\' && ++at == text.size()) return std::nullopt;
      word += text[at++];
    }
    words.push_back(std::move(word));
  }
}

}  // namespace lapstrake::aws
