#include "shell_condition.hpp"

#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>

#include "shell_lexer.hpp"

namespace lapstrake::packages::deb::shell {
namespace {

using Words = std::vector<std::string>;
using Value = std::optional<std::string>;

constexpr std::size_t most_value_bytes = 64 << 10;  // `x=$x$x` doubles

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

// The last word of a command without options and redirections.
struct SimpleQuery {
  std::string command, argument;
};
std::optional<SimpleQuery> simple_query(std::string_view inner, const ShellValues& values) {
  std::vector<std::string> words;
  for (auto& word : split(inner, ' '))
    if (!word.empty() && word != "2>/dev/null") words.push_back(std::move(word));
  if (words.size() < 2 || words.size() > 3) return std::nullopt;
  auto argument = expanded(words.back(), values);
  words.pop_back();
  if (!argument) return std::nullopt;
  return SimpleQuery{.command = join(words, " "), .argument = std::move(*argument)};
}

// Of "$(dirname PATH)" and the like. A new image has no diversions.
Value substitution_value(std::string_view inner, const ShellValues& values) {
  const auto query = simple_query(inner, values);
  if (!query) return std::nullopt;
  const auto& [command, argument] = *query;
  if (command == "dirname" && argument.starts_with('/')) return std::string(parent_of(argument));
  if (command == "basename") return std::string(name_of(argument));
  if (command == "uname" && argument == "-s") return "Linux";
  if (command == "dpkg-divert --truename") return argument;
  if (command == "dpkg-divert --listpackage") return "";
  if (command != "dpkg" || argument != "--print-architecture") return std::nullopt;
  const auto architecture = values.find("DPKG_MAINTSCRIPT_ARCH");
  return architecture == values.end() ? std::nullopt : Value(architecture->second);
}

// At "$(" or "`"; `at` moves behind it.
Value read_substitution(std::string_view word, std::size_t& at, const ShellValues& values) {
  try {
    const auto end = end_of_unit(word, at);
    const std::size_t open = word[at] == '`' ? 1 : 2;
    const auto inner = word.substr(at + open, end - at - open - 1);
    at = end;
    return substitution_value(inner, values);
  } catch (const UnknownSyntax&) {
    return std::nullopt;
  }
}

Truth from(bool value) { return value ? Truth::yes : Truth::no; }
Truth both(Truth a, Truth b) {
  if (a == Truth::no || b == Truth::no) return Truth::no;
  return a == Truth::yes && b == Truth::yes ? Truth::yes : Truth::unknown;
}
Truth either(Truth a, Truth b) { return !both(!a, !b); }

// No init system runs in an image, and nothing is left of earlier versions.
bool is_never_there(std::string_view path) {
  return path == "/run/systemd/system" || path.ends_with(".dpkg-new") || path.ends_with(".dpkg-old") ||
         path.ends_with(".dpkg-bak") || path.ends_with(".dpkg-remove") || path.ends_with(".dpkg-backup");
}

// A dependency of all packages that use it.
bool is_always_there(std::string_view path) { return path == "/usr/lib/php/php-maintscript-helper"; }

// Of -e, -d, ... for a path. What is not shipped may exist nevertheless.
Truth file_test(char test, Shipped shipped) {
  if (shipped == Shipped::unknown) return Truth::unknown;
  const bool is_link = shipped == Shipped::link, is_folder = shipped == Shipped::folder;
  if (test == 'h' || test == 'L') return from(is_link);
  if (is_link) return Truth::unknown;
  if (test == 'e' || test == 'r') return Truth::yes;
  if (test == 'd') return from(is_folder);
  if (test == 'f') return from(!is_folder);
  return test == 'x' && (is_folder || shipped == Shipped::program) ? Truth::yes : Truth::unknown;
}

// The expression of `[`: POSIX test with -a, -o and parentheses.
class Test {
 public:
  Test(Words words, const ScriptFacts& facts) : words_(std::move(words)), facts_(facts) {}

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
  Truth file() {
    const char test = words_[at_][1];
    at_ += 2;
    const auto path = expanded(words_[at_ - 1], facts_.values);
    if (!path) return Truth::unknown;
    if (is_always_there(*path)) return Truth::yes;
    return is_never_there(*path) ? Truth::no : file_test(test, facts_.shipped(*path));
  }
  Truth comparison() {
    const auto left = operand();
    const auto operation = words_[at_++];
    const auto right = operand();
    if (!left || !right) return Truth::unknown;
    if (operation == "=" || operation == "==") return from(*left == *right);
    if (operation == "!=") return from(*left != *right);
    const auto a = parse_integer(*left), b = parse_integer(*right);
    return a && b ? compare(*a, operation, *b) : Truth::unknown;
  }
  static Truth compare(std::int64_t a, std::string_view operation, std::int64_t b) {
    if (operation == "-eq") return from(a == b);
    if (operation == "-ne") return from(a != b);
    if (operation == "-lt") return from(a < b);
    if (operation == "-le") return from(a <= b);
    if (operation == "-gt") return from(a > b);
    return operation == "-ge" ? from(a >= b) : Truth::unknown;
  }

  static Truth non_empty(const Value& value) { return value ? from(!value->empty()) : Truth::unknown; }
  bool is_binary(std::size_t at) const {
    static constexpr std::array operations{"=",   "==",  "!=",  "-eq", "-ne", "-lt",
                                           "-gt", "-le", "-ge", "-nt", "-ot", "-ef"};
    return at + 1 < words_.size() && std::ranges::find(operations, words_[at]) != operations.end();
  }
  Value operand() {
    failed_ = failed_ || at_ >= words_.size();
    return failed_ ? std::nullopt : expanded(words_[at_++], facts_.values);
  }
  Truth fail() {
    failed_ = true;
    return Truth::unknown;
  }

  Words words_;
  const ScriptFacts& facts_;
  std::size_t at_ = 0;
  unsigned depth_ = 0;
  bool failed_ = false;
};

// An expansion without quotes may be no word, or several: nothing if that is not known.
std::optional<Words> divided(const Words& words, const ShellValues& values) {
  Words out;
  for (const auto& word : words) {
    const bool is_bare = word.starts_with('$') && word.find_first_of("\"'/") == word.npos;
    if (!is_bare) {
      out.push_back(word);
      continue;
    }
    const auto value = expanded(word, values);
    if (!value || value->find_first_of("\t\n*?['") != value->npos) return std::nullopt;
    for (const auto& part : split(*value, ' '))
      if (!part.empty()) out.push_back(cat("'", part, "'"));
  }
  return out;
}

Truth test(const Words& words, const ScriptFacts& facts) {
  auto all = divided(words, facts.values);
  return all ? Test(std::move(*all), facts).truth() : Truth::unknown;
}

// dpkg(1): an empty version is earlier than any other, with the -nl operators later.
Truth compare_with_empty(std::string_view operation) {
  if (operation == "lt" || operation == "le" || operation == "gt-nl" || operation == "ge-nl") return Truth::yes;
  if (operation == "gt" || operation == "ge" || operation == "lt-nl" || operation == "le-nl") return Truth::no;
  return operation == "eq" ? Truth::no : operation == "ne" ? Truth::yes : Truth::unknown;
}

Truth compare_versions(const Words& words, std::size_t at, const ShellValues& values) {
  if (at < words.size() && words[at] == "--") ++at;
  if (words.size() != at + 3 || words[at].starts_with('$')) return Truth::unknown;
  const auto left = expanded(words[at], values), operation = expanded(words[at + 1], values),
             right = expanded(words[at + 2], values);
  const bool is_known = left && left->empty() && operation && (!right || !right->empty());
  return is_known ? compare_with_empty(*operation) : Truth::unknown;
}

}  // namespace

Truth operator!(Truth truth) { return truth == Truth::unknown ? truth : truth == Truth::yes ? Truth::no : Truth::yes; }

std::optional<std::string> expanded(std::string_view word, const ShellValues& values) {
  std::string out;
  bool in_quotes = false;
  for (std::size_t at = 0; at < word.size();) {
    if (out.size() > most_value_bytes) return std::nullopt;
    const char c = word[at];
    if (c == '`' || word.substr(at, 2) == "$(") {
      const auto value = read_substitution(word, at, values);
      if (!value) return std::nullopt;
      out += *value;
    } else if (c == '$') {
      const auto expansion = read_expansion(word, at);
      const auto value = expansion ? value_of(*expansion, values) : std::nullopt;
      if (!value) return std::nullopt;
      out += *value;
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

Truth truth_of(const Words& words, const ScriptFacts& facts) {
  if (words.empty()) return Truth::unknown;
  const auto& command = words[0];
  if (command == "true" || command == ":") return Truth::yes;
  // Neither AppArmor nor SELinux is active while an image is built.
  if (command == "false" || command == "aa-enabled" || command == "selinuxenabled") return Truth::no;
  // Their files are effects of the package.
  const bool is_search = command == "which" || (command == "command" && words.size() > 1 && words[1] == "-v");
  if (is_search && (words.back() == "systemd-sysusers" || words.back() == "systemd-tmpfiles")) return Truth::yes;
  if (command == "dpkg" && words.size() > 1 && words[1] == "--compare-versions")
    return compare_versions(words, 2, facts.values);
  // A new image has no overrides of an administrator.
  if (command == "dpkg-statoverride") return words.size() > 1 && words[1] == "--list" ? Truth::no : Truth::unknown;
  if (command == "test") return test({words.begin() + 1, words.end()}, facts);
  if (command != "[" || words.back() != "]") return Truth::unknown;
  return test({words.begin() + 1, words.end() - 1}, facts);
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

}  // namespace lapstrake::packages::deb::shell
