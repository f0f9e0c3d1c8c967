#include "shell_lexer.hpp"

#include <algorithm>
#include <array>
#include <lapstrake/base/text.hpp>
#include <utility>

namespace lapstrake::packages::deb::shell {
namespace {

constexpr unsigned most_depth = 30;  // of quotes and substitutions in each other

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool ends_word(char c) { return is_blank(c) || std::string_view("\n;&|<>()").find(c) != std::string_view::npos; }

std::size_t end_of_single_quotes(std::string_view text, std::size_t at) {
  const auto end = text.find('\'', at + 1);
  if (end == text.npos) throw UnknownSyntax{};
  return end + 1;
}

std::size_t end_of_backquotes(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '`')
      return at + 1;
  }
  throw UnknownSyntax{};
}

std::size_t end_of_double_quotes(std::string_view text, std::size_t at, unsigned depth) {
  for (++at; at < text.size();) {
    if (text[at] == '"') return at + 1;
    at = text[at] == '\'' ? at + 1 : end_of_unit(text, at, depth + 1);
  }
  throw UnknownSyntax{};
}

// `$(`, `$((` or `${` at `at`.
std::size_t end_of_expansion(std::string_view text, std::size_t at, unsigned depth) {
  const char open = text[at + 1], close = open == '(' ? ')' : '}';
  unsigned opened = 0;
  for (++at; at < text.size();) {
    if (text[at] == open) ++opened;
    if (text[at] == close && --opened == 0) return at + 1;
    const bool is_comment = open == '(' && text[at] == '#' && (is_blank(text[at - 1]) || text[at - 1] == '\n');
    at = is_comment ? std::min(text.find('\n', at), text.size()) : end_of_unit(text, at, depth + 1);
  }
  throw UnknownSyntax{};
}

class Lexer {
 public:
  Lexer(std::string_view text, unsigned line) : text_(text), line_(line) {}

  std::vector<ShellToken> tokens() {
    try {
      while (at_ < text_.size()) step();
    } catch (const UnknownSyntax&) {
      throw UnknownSyntax{line_};
    }
    if (!awaited_.empty()) throw UnknownSyntax{line_};
    add(ShellToken::Kind::newline, "\n");
    add(ShellToken::Kind::end, {});
    return std::move(tokens_);
  }

 private:
  void add(ShellToken::Kind kind, std::string text) {
    tokens_.push_back({.kind = kind, .text = std::move(text), .line = line_});
  }
  bool at(std::string_view text) const { return text_.substr(at_).starts_with(text); }

  void step() {
    const char c = text_[at_];
    if (is_blank(c) || c == '\r')
      ++at_;
    else if (at("\\\n"))
      skip_line_end(2);
    else if (c == '\n')
      end_line();
    else if (c == '#')
      at_ = std::min(text_.find('\n', at_), text_.size());
    else if (c == '<' || c == '>' || at("&>"))
      redirection({});
    else if (!operation())
      word();
  }

  void skip_line_end(std::size_t bytes) {
    at_ += bytes;
    ++line_;
  }

  void end_line() {
    add(ShellToken::Kind::newline, "\n");
    skip_line_end(1);
    for (const auto index : std::exchange(awaited_, {})) read_here_document(tokens_[index]);
  }

  bool operation() {
    static constexpr std::array operations{"&&", "||", ";;", ";&", "|&", ";", "&", "|", "(", ")"};
    const auto* const found = std::ranges::find_if(operations, [&](std::string_view text) { return at(text); });
    if (found == operations.end()) return false;
    add(ShellToken::Kind::operation, *found);
    at_ += std::string_view(*found).size();
    return true;
  }

  void redirection(std::string number) {
    static constexpr std::array operations{"<<<", "<<-", "<<", ">>", "<&", ">&", ">|", "<>", "&>", "<", ">"};
    for (const std::string_view text : operations) {
      if (!at(text)) continue;
      if (text == "<<<") throw UnknownSyntax{line_};
      at_ += text.size();
      add(ShellToken::Kind::redirection, cat(number, text));
      if (text.starts_with("<<")) here_document();
      return;
    }
  }

  // The delimiter follows at once; the content begins in the next line.
  void here_document() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    const auto begin = at_;
    skip_word();
    tokens_.back().text += text_.substr(begin, at_ - begin);
    awaited_.push_back(tokens_.size() - 1);
  }

  void read_here_document(ShellToken& token) {
    const bool strips_tabs = token.text.find("<<-") != token.text.npos;
    std::string delimiter = token.text.substr(token.text.find("<<") + (strips_tabs ? 3 : 2));
    std::erase_if(delimiter, [](char c) { return c == '\'' || c == '"' || c == '\\'; });
    while (at_ < text_.size()) {
      const auto end = std::min(text_.find('\n', at_), text_.size());
      auto line = text_.substr(at_, end - at_);
      if (strips_tabs) line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
      at_ = std::min(end + 1, text_.size());
      ++line_;
      if (line == delimiter) return;
      token.text += cat("\n", line);
    }
    throw UnknownSyntax{line_};
  }

  void skip_word() {
    while (at_ < text_.size() && !ends_word(text_[at_])) at_ = end_of_unit(text_, at_);
  }

  void word() {
    const auto begin = at_;
    skip_word();
    std::string text(text_.substr(begin, at_ - begin));
    const bool is_number = text.find_first_not_of("0123456789") == text.npos;
    if (is_number && at_ < text_.size() && (text_[at_] == '<' || text_[at_] == '>')) return redirection(text);
    const auto lines = std::ranges::count(text, '\n');
    add(ShellToken::Kind::word, replace_all(std::move(text), "\\\n", ""));
    line_ += static_cast<unsigned>(lines);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  unsigned line_;
  std::vector<ShellToken> tokens_;
  std::vector<std::size_t> awaited_;  // here-documents whose content follows
};

}  // namespace

std::size_t end_of_unit(std::string_view text, std::size_t at, unsigned depth) {
  if (depth > most_depth) throw UnknownSyntax{};
  const bool is_expansion = text[at] == '$' && at + 1 < text.size() && (text[at + 1] == '(' || text[at + 1] == '{');
  if (is_expansion) return end_of_expansion(text, at, depth);
  switch (text[at]) {
    case '\\': return std::min(at + 2, text.size());
    case '\'': return end_of_single_quotes(text, at);
    case '"': return end_of_double_quotes(text, at, depth);
    case '`': return end_of_backquotes(text, at);
    default: return at + 1;
  }
}

std::vector<ShellToken> shell_tokens(std::string_view script, unsigned first_line) {
  return Lexer(script, first_line).tokens();
}

}  // namespace lapstrake::packages::deb::shell
