#include "shell_parser.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <lapstrake/base/text.hpp>

#include "shell_lexer.hpp"

namespace lapstrake::packages::deb::shell {
namespace {

using Kind = ShellNode::Kind;
using TokenKind = ShellToken::Kind;

constexpr unsigned most_nesting = 60;

bool is_name(std::string_view text) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !text.empty() && std::ranges::all_of(text, is_part);
}

class Parser {
 public:
  explicit Parser(std::vector<ShellToken> tokens) : tokens_(std::move(tokens)) {}

  ShellNode script() {
    auto out = list({});
    if (now().kind != TokenKind::end) fail();
    return out;
  }

 private:
  const ShellToken& now() const { return tokens_[at_]; }
  const ShellToken& after(std::size_t count) const { return tokens_[std::min(at_ + count, tokens_.size() - 1)]; }
  [[noreturn]] void fail() const { throw UnknownSyntax{now().line}; }
  bool is_word(std::string_view text) const { return now().kind == TokenKind::word && now().text == text; }
  bool is_operation(std::string_view text) const { return now().kind == TokenKind::operation && now().text == text; }
  bool take_word(std::string_view text) { return is_word(text) && ++at_; }
  bool take_operation(std::string_view text) { return is_operation(text) && ++at_; }
  bool is_any_word(std::initializer_list<std::string_view> words) const {
    return std::ranges::any_of(words, [&](auto word) { return is_word(word); });
  }
  void expect_word(std::string_view text) {
    if (!take_word(text)) fail();
  }
  void expect_operation(std::string_view text) {
    if (!take_operation(text)) fail();
  }
  void skip_newlines() {
    while (now().kind == TokenKind::newline) ++at_;
  }
  std::string take_any_word() {
    if (now().kind != TokenKind::word) fail();
    return tokens_[at_++].text;
  }
  ShellNode node(Kind kind) const { return {.kind = kind, .line = now().line}; }

  // Up to one of the words, `)`, `;;` or the end.
  ShellNode list(std::initializer_list<std::string_view> ends) {
    if (++depth_ > most_nesting) fail();
    auto out = node(Kind::list);
    for (;;) {
      while (now().kind == TokenKind::newline || is_operation(";") || is_operation("&")) ++at_;
      if (now().kind == TokenKind::end || is_operation(")") || is_operation(";;")) break;
      if (is_any_word(ends)) break;
      out.parts.push_back(and_or());
      // `a=(b)` is an array of bash, not two commands.
      const bool is_complete =
          now().kind != TokenKind::word && now().kind != TokenKind::redirection && !is_operation("(");
      if (!is_complete && !is_any_word(ends)) fail();
    }
    --depth_;
    return out;
  }

  ShellNode and_or() {
    auto out = pipeline();
    for (unsigned count = 0; is_operation("&&") || is_operation("||"); ++count) {
      if (count > most_nesting) fail();  // `a && b && c` is a deep tree
      auto next = node(is_operation("&&") ? Kind::both : Kind::either);
      next.line = out.line;
      ++at_;
      skip_newlines();
      next.parts.push_back(std::move(out));
      next.parts.push_back(pipeline());
      out = std::move(next);
    }
    return out;
  }

  ShellNode pipeline() {
    if (is_word("!")) {
      auto out = node(Kind::negation);
      ++at_;
      if (++depth_ > most_nesting) fail();
      out.parts.push_back(pipeline());
      --depth_;
      return out;
    }
    auto first = command();
    if (!is_operation("|")) return first;
    auto out = node(Kind::pipeline);
    out.line = first.line;
    out.parts.push_back(std::move(first));
    while (take_operation("|")) {
      skip_newlines();
      out.parts.push_back(command());
    }
    return out;
  }

  ShellNode command() {
    if (is_operation("(")) return subshell();
    if (now().kind == TokenKind::word) {
      if (is_word("if")) return with_redirections(branches());
      if (is_word("case")) return with_redirections(selection());
      if (is_word("for") || is_word("while") || is_word("until")) return with_redirections(loop());
      if (is_word("{")) return with_redirections(group());
      if (is_word("select")) fail();
      if (is_word("function")) return function();
      if (is_name(now().text) && after(1).text == "(" && after(2).text == ")") return function();
    }
    return simple();
  }

  ShellNode simple() {
    auto out = node(Kind::simple);
    while (now().kind == TokenKind::word || now().kind == TokenKind::redirection) {
      if (now().kind == TokenKind::redirection)
        out.redirections.push_back(redirection());
      else
        out.words.push_back(take_any_word());
    }
    static constexpr std::array closing{"then", "elif", "else", "fi", "do", "done", "esac", "}", "in"};
    const bool is_misplaced = !out.words.empty() && std::ranges::find(closing, out.words[0]) != closing.end();
    if (is_misplaced || (out.words.empty() && out.redirections.empty())) fail();
    return out;
  }

  std::string redirection() {
    auto text = tokens_[at_++].text;
    return text.find("<<") == text.npos ? cat(text, take_any_word()) : text;
  }

  ShellNode with_redirections(ShellNode out) {
    while (now().kind == TokenKind::redirection) out.redirections.push_back(redirection());
    return out;
  }

  ShellNode subshell() {
    auto out = node(Kind::subshell);
    expect_operation("(");
    out.parts.push_back(list({}));
    expect_operation(")");
    return with_redirections(std::move(out));
  }

  ShellNode group() {
    auto out = node(Kind::group);
    expect_word("{");
    out.parts.push_back(list({"}"}));
    expect_word("}");
    return out;
  }

  ShellNode branches() {
    auto out = node(Kind::branches);
    expect_word("if");
    do {
      out.parts.push_back(list({"then"}));
      expect_word("then");
      out.parts.push_back(list({"elif", "else", "fi"}));
    } while (take_word("elif"));
    if (take_word("else")) out.parts.push_back(list({"fi"}));
    expect_word("fi");
    return out;
  }

  ShellNode selection() {
    auto out = node(Kind::selection);
    expect_word("case");
    out.words.push_back(take_any_word());
    skip_newlines();
    expect_word("in");
    for (skip_newlines(); !take_word("esac"); skip_newlines()) out.parts.push_back(arm());
    return out;
  }

  ShellNode arm() {
    auto out = node(Kind::arm);
    take_operation("(");
    do out.words.push_back(take_any_word());
    while (take_operation("|"));
    expect_operation(")");
    out.parts.push_back(list({"esac"}));
    if (!take_operation(";;") && !is_word("esac")) fail();
    return out;
  }

  ShellNode loop() {
    auto out = node(Kind::loop);
    out.words.push_back(take_any_word());
    if (out.words[0] == "for") {
      out.words.push_back(take_any_word());
      skip_newlines();
      while (now().kind == TokenKind::word && !is_word("do")) out.words.push_back(take_any_word());
      take_operation(";");
      skip_newlines();
    } else {
      out.parts.push_back(list({"do"}));
    }
    expect_word("do");
    out.parts.push_back(list({"done"}));
    expect_word("done");
    return out;
  }

  ShellNode function() {
    auto out = node(Kind::function);
    const bool is_marked = take_word("function");  // of bash
    out.words.push_back(take_any_word());
    if (!is_marked || is_operation("(")) {
      expect_operation("(");
      expect_operation(")");
    }
    skip_newlines();
    if (++depth_ > most_nesting) fail();
    out.parts.push_back(command());
    --depth_;
    return out;
  }

  std::vector<ShellToken> tokens_;
  std::size_t at_ = 0;
  unsigned depth_ = 0;
};

}  // namespace

ShellNode parse_shell(std::string_view script, unsigned first_line) {
  return Parser(shell_tokens(script, first_line)).script();
}

}  // namespace lapstrake::packages::deb::shell
