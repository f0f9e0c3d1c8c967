#include "shell_condition.hpp"

#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::deb {
namespace {

using Words = std::vector<std::string>;
using Value = std::optional<std::string>;

bool is_name_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// At `$`: its name and the operator behind it ("" for "$NAME", ":-x" for "${NAME:-x}"); `at` moves behind it.
struct Expansion {
  std::string_view name, rest;
};
std::optional<Expansion> read_expansion(std::string_view text, std::size_t& at) {
  const bool has_braces = at + 1 < text.size() && text[at + 1] == '{';
  const auto begin = at + (has_braces ? 2 : 1);
  auto end = begin;
  while (end < text.size() && is_name_part(text[end])) ++end;
  // "$10" is "$1" and "0".
  if (!has_braces && end > begin && text[begin] >= '0' && text[begin] <= '9') end = begin + 1;
  if (end == begin) return std::nullopt;
  const auto name = text.substr(begin, end - begin);
  if (!has_braces) {
    at = end;
    return Expansion{name, {}};
  }
  const auto close = text.find('}', end);
  if (close == text.npos) return std::nullopt;
  at = close + 1;
  return Expansion{name, text.substr(end, close - end)};
}

// "${NAME:-text}" and "${NAME-text}", if the text has no quotes or expansions.
Value value_of(const Expansion& expansion, const ShellValues& values) {
  const auto known = values.find(expansion.name);
  if (known == values.end()) return std::nullopt;
  if (expansion.rest.empty()) return known->second;
  auto rest = expansion.rest;
  const bool if_empty = rest.starts_with(':');
  if (if_empty) rest.remove_prefix(1);
  if (!rest.starts_with('-') || rest.find_first_of("$`'\"\\{") != rest.npos) return std::nullopt;
  return if_empty && known->second.empty() ? std::string(rest.substr(1)) : known->second;
}

Truth from(bool value) { return value ? Truth::yes : Truth::no; }
Truth both(Truth a, Truth b) {
  if (a == Truth::no || b == Truth::no) return Truth::no;
  return a == Truth::yes && b == Truth::yes ? Truth::yes : Truth::unknown;
}
Truth either(Truth a, Truth b) { return !both(!a, !b); }

// The expression of `[`: POSIX test with -a, -o and parentheses.
class Test {
 public:
  Test(Words words, const ShellValues& values) : words_(std::move(words)), values_(values) {}

  Truth truth() {
    if (words_.empty()) return Truth::no;
    const auto out = alternatives();
    return at_ == words_.size() && !failed_ ? out : Truth::unknown;
  }

 private:
  bool is(std::string_view word) const { return at_ < words_.size() && words_[at_] == word; }
  bool take(std::string_view word) { return is(word) && ++at_; }

  Truth alternatives() {
    auto out = conjunction();
    while (take("-o")) out = either(out, conjunction());
    return out;
  }
  Truth conjunction() {
    auto out = primary();
    while (take("-a")) out = both(out, primary());
    return out;
  }

  Truth primary() {
    if (++depth_ > 50 || at_ >= words_.size()) return fail();
    if (at_ + 1 < words_.size() && !is_binary(at_ + 1)) {
      if (take("!")) return !primary();
      if (take("(") || take("\\(")) return parenthesis();
      if (is("-n") || is("-z")) return length();
      if (words_[at_].size() == 2 && words_[at_][0] == '-') return file();
    }
    return is_binary(at_ + 1) ? comparison() : non_empty(operand());
  }

  Truth parenthesis() {
    const auto out = alternatives();
    return take(")") || take("\\)") ? out : fail();
  }
  Truth length() {
    const bool is_zero = words_[at_++] == "-z";
    const auto out = non_empty(operand());
    return is_zero ? !out : out;
  }
  // No init system runs in an image.
  Truth file() {
    at_ += 2;
    const auto path = expanded(words_[at_ - 1], values_);
    return path && *path == "/run/systemd/system" ? Truth::no : Truth::unknown;
  }
  Truth comparison() {
    const auto left = operand();
    const auto operation = words_[at_++];
    const auto right = operand();
    if (!left || !right) return Truth::unknown;
    if (operation == "=" || operation == "==") return from(*left == *right);
    return operation == "!=" ? from(*left != *right) : Truth::unknown;
  }

  static Truth non_empty(const Value& value) { return value ? from(!value->empty()) : Truth::unknown; }
  bool is_binary(std::size_t at) const {
    static constexpr std::array operations{"=",   "==",  "!=",  "-eq", "-ne", "-lt",
                                           "-gt", "-le", "-ge", "-nt", "-ot", "-ef"};
    return at + 1 < words_.size() && std::ranges::find(operations, words_[at]) != operations.end();
  }
  // An expansion without quotes may be no word, or several.
  Value operand() {
    if (at_ >= words_.size()) {
      failed_ = true;
      return std::nullopt;
    }
    const auto& word = words_[at_++];
    auto out = expanded(word, values_);
    if (word.starts_with('$') && out && (out->empty() || out->find_first_of(" \t\n*?[") != out->npos)) failed_ = true;
    return out;
  }
  Truth fail() {
    failed_ = true;
    return Truth::unknown;
  }

  Words words_;
  const ShellValues& values_;
  std::size_t at_ = 0;
  unsigned depth_ = 0;
  bool failed_ = false;
};

// dpkg(1): an empty version is earlier than any other, with the -nl operators later.
Truth compare_with_empty(std::string_view operation) {
  if (operation == "lt" || operation == "le" || operation == "gt-nl" || operation == "ge-nl") return Truth::yes;
  if (operation == "gt" || operation == "ge" || operation == "lt-nl" || operation == "le-nl") return Truth::no;
  return operation == "eq" ? Truth::no : operation == "ne" ? Truth::yes : Truth::unknown;
}

Truth compare_versions(const Words& words, const ShellValues& values) {
  if (words.size() != 5 || words[1] != "--compare-versions" || words[2].starts_with('$')) return Truth::unknown;
  const auto left = expanded(words[2], values), operation = expanded(words[3], values),
             right = expanded(words[4], values);
  const bool is_known = left && left->empty() && operation && (!right || !right->empty());
  return is_known ? compare_with_empty(*operation) : Truth::unknown;
}

}  // namespace

Truth operator!(Truth truth) { return truth == Truth::unknown ? truth : truth == Truth::yes ? Truth::no : Truth::yes; }

std::optional<std::string> expanded(std::string_view word, const ShellValues& values) {
  std::string out;
  bool in_quotes = false;
  for (std::size_t at = 0; at < word.size();) {
    const char c = word[at];
    if (c == '$') {
      const auto expansion = read_expansion(word, at);
      const auto value = expansion ? value_of(*expansion, values) : std::nullopt;
      if (!value) return std::nullopt;
      out += *value;
    } else if (c == '`') {
      return std::nullopt;
    } else if (c == '"') {
      in_quotes = !in_quotes;
      ++at;
    } else if (c == '\'' && !in_quotes) {
      const auto end = word.find('\'', at + 1);
      if (end == word.npos) return std::nullopt;
      out += word.substr(at + 1, end - at - 1);
      at = end + 1;
    } else {
      if (c == '\\' && ++at == word.size()) break;
      out += word[at++];
    }
  }
  return out;
}

std::vector<std::string> variables_in(std::string_view word) {
  std::vector<std::string> out;
  for (auto at = word.find('$'); at != word.npos; at = word.find('$', at + 1)) {
    auto begin = at;
    if (const auto found = read_expansion(word, begin)) out.emplace_back(found->name);
  }
  return out;
}

Truth truth_of(const Words& words, const ShellValues& values) {
  if (words.empty()) return Truth::unknown;
  const auto& command = words[0];
  if (command == "true" || command == ":") return Truth::yes;
  if (command == "false") return Truth::no;
  if (command == "dpkg") return compare_versions(words, values);
  if (command == "test") return Test({words.begin() + 1, words.end()}, values).truth();
  if (command != "[" || words.back() != "]") return Truth::unknown;
  return Test({words.begin() + 1, words.end() - 1}, values).truth();
}

Truth matches_pattern(std::string_view pattern, const std::optional<std::string>& subject, const ShellValues& values) {
  if (pattern == "*") return Truth::yes;
  if (!subject) return Truth::unknown;
  const bool is_literal = pattern.find_first_of("'\"$`\\") != pattern.npos || !is_glob(pattern);
  if (is_literal) {
    const auto text = expanded(pattern, values);
    const bool is_plain = text && text->find_first_of("*?[") == text->npos;
    return is_plain ? from(*text == *subject) : Truth::unknown;
  }
  try {
    return from(Pattern(pattern).matches(*subject));
  } catch (const Error&) {
    return Truth::unknown;
  }
}

}  // namespace lapstrake::packages::deb
