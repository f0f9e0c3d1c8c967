#include "config_words.hpp"

namespace lapstrake::packages::deb {

std::vector<std::string> config_words(std::string_view line) {
  std::vector<std::string> out;
  std::string word;
  bool has_word = false;
  char quote = '\0';
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\\' && i + 1 < line.size()) {
      word += line[++i];
      has_word = true;
    } else if (quote != '\0') {
      if (c == quote)
        quote = '\0';
      else
        word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      has_word = true;
    } else if (c == ' ' || c == '\t') {
      if (has_word) out.push_back(word);
      word.clear();
      has_word = false;
    } else {
      word += c;
      has_word = true;
    }
  }
  if (has_word) out.push_back(word);
  return out;
}

}  // namespace lapstrake::packages::deb
