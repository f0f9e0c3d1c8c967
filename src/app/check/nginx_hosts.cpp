#include "nginx_hosts.hpp"

#include <algorithm>
#include <array>
#include <lapstrake/base/text.hpp>

namespace lapstrake::app {
namespace {

struct Token {
  enum class Kind { word, end, open, close, none } kind = Kind::none;
  std::string text;
  std::size_t line = 0, column = 0;
};

// Words, `;`, `{` and `}`. A `#` at the beginning of a word starts a comment; `${` is part of a word.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}

  Token next() {
    skip_blanks();
    Token out{.kind = Token::Kind::none, .text = {}, .line = line_, .column = at_ - line_start_ + 1};
    if (at_ == text_.size()) return out;
    switch (text_[at_]) {
      case ';': out.kind = Token::Kind::end; break;
      case '{': out.kind = Token::Kind::open; break;
      case '}': out.kind = Token::Kind::close; break;
      case '"':
      case '\'': return quoted(std::move(out));
      default: return word(std::move(out));
    }
    advance();
    return out;
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

  void advance() {
    if (text_[at_++] != '\n') return;
    ++line_;
    line_start_ = at_;
  }

  void skip_blanks() {
    while (at_ < text_.size() && (is_blank(text_[at_]) || text_[at_] == '#')) {
      const bool is_comment = text_[at_] == '#';
      while (is_comment && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
      advance();
    }
  }

  Token quoted(Token out) {
    out.kind = Token::Kind::word;
    const char quote = text_[at_];
    ++out.column;
    for (advance(); at_ < text_.size() && text_[at_] != quote; advance()) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) advance();
      out.text += text_[at_];
    }
    if (at_ < text_.size()) advance();
    return out;
  }

  Token word(Token out) {
    out.kind = Token::Kind::word;
    bool in_variable = false;
    for (; at_ < text_.size() && !is_blank(text_[at_]) && text_[at_] != ';'; advance()) {
      const char c = text_[at_];
      if (c == '{' && out.text.ends_with('$')) in_variable = true;
      if (!in_variable && (c == '{' || c == '}')) break;
      if (c == '}') in_variable = false;
      out.text += c;
    }
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0, line_ = 1, line_start_ = 0;
};

constexpr std::array<std::string_view, 6> pass_directives = {"fastcgi_pass", "proxy_pass", "uwsgi_pass",
                                                             "scgi_pass",    "grpc_pass",  "memcached_pass"};

bool has_address(const std::string& text) {
  const auto colon = text.rfind(':');
  return text.find("://") != text.npos ||
         (colon != text.npos && colon > 0 && parse_integer(std::string_view(text).substr(colon + 1)));
}

NginxHost host_of(const Token& address) {
  const auto scheme = address.text.find("://");
  const auto at = scheme == std::string::npos ? 0 : scheme + 3;
  return {.address = address.text,
          .host = lower(address.text.substr(at, address.text.find_first_of(":/?", at) - at)),
          .at = at,
          .line = address.line,
          .column = address.column};
}

bool is_name(const std::string& host) { return !host.empty() && host != "unix" && host.find('$') == host.npos; }

class Reader {
 public:
  // `words`: a directive; `blocks`: the names of the blocks around it.
  void add(const std::vector<Token>& words) {
    if (words.size() < 2) return;
    const auto& name = words[0].text;
    const bool is_pass = std::ranges::count(pass_directives, name) != 0;
    if (is_pass || (name == "server" && !blocks_.empty() && blocks_.back() == "upstream")) add_host(words[1], is_pass);
    if (name == "set" && words.size() == 3 && has_address(words[2].text)) add_host(words[2], true);
  }
  void open(const std::vector<Token>& words) {
    blocks_.push_back(words.empty() ? "" : words[0].text);
    if (blocks_.back() == "upstream" && words.size() > 1) config_.upstreams.insert(lower(words[1].text));
  }
  void close() {
    if (!blocks_.empty()) blocks_.pop_back();
  }
  NginxConfig take() { return std::move(config_); }

 private:
  void add_host(const Token& address, bool may_be_upstream) {
    auto host = host_of(address);
    host.may_be_upstream = may_be_upstream;
    if (is_name(host.host)) config_.hosts.push_back(std::move(host));
  }

  std::vector<std::string> blocks_;
  NginxConfig config_;
};

}  // namespace

NginxConfig nginx_config(std::string_view text) {
  Tokens tokens(text);
  Reader reader;
  std::vector<Token> words;
  for (auto token = tokens.next(); token.kind != Token::Kind::none; token = tokens.next()) {
    if (token.kind == Token::Kind::word) {
      words.push_back(std::move(token));
      continue;
    }
    if (token.kind == Token::Kind::end) reader.add(words);
    if (token.kind == Token::Kind::open) reader.open(words);
    if (token.kind == Token::Kind::close) reader.close();
    words.clear();
  }
  return reader.take();
}

}  // namespace lapstrake::app
