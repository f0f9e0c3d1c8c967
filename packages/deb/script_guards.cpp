#include "script_guards.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

#include "shell_lexer.hpp"

namespace lapstrake::packages::deb::shell {
namespace {

using Kind = ShellNode::Kind;
using Words = std::vector<std::string>;

std::optional<Words> expanded_all(const Words& words, const ShellValues& values) {
  Words out;
  for (const auto& word : words) {
    auto text = expanded(word, values);
    if (!text) return std::nullopt;
    out.push_back(std::move(*text));
  }
  return out;
}

// A list of one command is that command.
const ShellNode& only_part(const ShellNode& node) {
  return node.kind == Kind::list && node.parts.size() == 1 ? only_part(node.parts[0]) : node;
}

std::optional<Guard> account(const Words& words) {
  const bool is_getent = words[0] == "getent" && words.size() == 3 && (words[1] == "passwd" || words[1] == "group");
  const bool is_id = words[0] == "id" && words.size() >= 2 && words.size() <= 3 && !words.back().starts_with('-');
  if (!is_getent && !is_id) return std::nullopt;
  return Guard{.kind = Guard::Kind::account, .name = words.back()};
}

// `grep -q '^NAME:' /etc/passwd`.
std::optional<Guard> account_line(const Words& words) {
  if (words[0] != "grep" && words[0] != "egrep") return std::nullopt;
  if (words.size() < 3 || (words.back() != "/etc/passwd" && words.back() != "/etc/group")) return std::nullopt;
  std::string_view pattern = words[words.size() - 2];
  if (!pattern.starts_with('^') || pattern.find(':') == pattern.npos) return std::nullopt;
  pattern = pattern.substr(1, pattern.find(':') - 1);
  return Guard{.kind = Guard::Kind::account, .name = std::string(pattern)};
}

// The words of `[` or `test`.
std::optional<Words> test_words(const ShellNode& node) {
  if (node.kind != Kind::simple || node.words.size() < 2) return std::nullopt;
  if (node.words[0] == "test") return Words(node.words.begin() + 1, node.words.end());
  if (node.words[0] != "[" || node.words.back() != "]") return std::nullopt;
  return Words(node.words.begin() + 1, node.words.end() - 1);
}

bool is_file_test(std::string_view word) {
  return word == "-e" || word == "-f" || word == "-d" || word == "-L" || word == "-h";
}

std::optional<Guard> path_guard(std::string_view word, const ShellValues& values) {
  const auto path = expanded(word, values);
  if (!path || !path->starts_with('/')) return std::nullopt;
  return Guard{.kind = Guard::Kind::path, .name = *path};
}

// What a word like "$(getent passwd NAME)" asks for.
std::optional<Guard> substitution(std::string_view word, const ShellValues& values) {
  if (word.starts_with('"') && word.ends_with('"') && word.size() > 1) word = word.substr(1, word.size() - 2);
  std::string_view inner;
  if (word.starts_with("$(") && word.ends_with(')'))
    inner = word.substr(2, word.size() - 3);
  else if (word.starts_with('`') && word.ends_with('`') && word.size() > 1)
    inner = word.substr(1, word.size() - 2);
  try {
    return inner.empty() ? std::nullopt : existence_of(parse_shell(inner), values);
  } catch (const UnknownSyntax&) {
    return std::nullopt;
  }
}

bool is_about_account(const Effect& effect, const std::string& name, const std::string& home) {
  if (effect.verb == "directory" || effect.verb == "attributes") return effect.words[0] == home;
  const bool is_account = effect.verb == "user" || effect.verb == "group" || effect.verb == "member";
  return is_account && effect.words[0] == name;
}

// Sets the attributes in the `directory`.
void merge_attributes(Effect& folder, const Effect& attributes) {
  if (attributes.words[1] != "-") folder.words[1] = attributes.words[1];
  const auto& owner = attributes.words[2];
  if (owner == "-") return;
  const auto colon = folder.words[2].find(':');
  const auto user = folder.words[2].substr(0, colon), group = folder.words[2].substr(colon + 1);
  if (owner.starts_with(':'))
    folder.words[2] = cat(user, owner);
  else
    folder.words[2] = owner.find(':') == owner.npos ? cat(owner, ":", group) : owner;
}

bool creates(const Effect& effect, const std::string& path) {
  if (effect.verb == "copy") return effect.words[1] == path;
  const bool is_creation = effect.verb == "directory" || effect.verb == "file" || effect.verb == "symlink";
  return is_creation && effect.words[0] == path;
}

// The folders above it may be created as well.
bool merge_path(std::vector<Effect>& effects, std::size_t first, const std::string& path) {
  auto created = effects.begin() + static_cast<std::ptrdiff_t>(first);
  while (created != effects.end() && created->verb == "directory" && path.starts_with(cat(created->words[0], "/")))
    ++created;
  if (created == effects.end()) return true;
  if (!creates(*created, path)) return false;
  const bool has_attributes = created->verb == "directory" || created->verb == "file";
  for (auto effect = created + 1; effect != effects.end();) {
    if (effect->words[0] != path) return false;
    if (effect->verb == "attributes" && has_attributes) {
      merge_attributes(*created, *effect);
      effect = effects.erase(effect);
    } else if (effect->verb == "append") {
      ++effect;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<Guard> existence_of(const ShellNode& condition, const ShellValues& values) {
  const auto& node = only_part(condition);
  if (node.kind == Kind::negation) return guard_of(node.parts[0], values);
  // `getent passwd | grep -q '^NAME:'`
  if (node.kind == Kind::pipeline && node.parts.size() == 2 && node.parts[0].words.size() == 2) {
    auto words = expanded_all(node.parts[1].words, values);
    if (!words || words->empty() || node.parts[0].words[0] != "getent") return std::nullopt;
    words->push_back(cat("/etc/", node.parts[0].words[1]));
    return account_line(*words);
  }
  if (node.kind != Kind::simple || node.words.empty()) return std::nullopt;
  if (const auto words = test_words(node)) {
    if (words->size() == 2 && is_file_test((*words)[0])) return path_guard((*words)[1], values);
    if (words->size() == 2 && (*words)[0] == "-n") return substitution((*words)[1], values);
    return words->size() == 1 ? substitution((*words)[0], values) : std::nullopt;
  }
  const auto words = expanded_all(node.words, values);
  if (!words) return std::nullopt;
  const auto found = account(*words);
  return found ? found : account_line(*words);
}

std::optional<Guard> guard_of(const ShellNode& condition, const ShellValues& values) {
  const auto& node = only_part(condition);
  if (node.kind == Kind::negation) return existence_of(node.parts[0], values);
  const auto words = test_words(node);
  if (!words) return std::nullopt;
  if (words->size() == 3 && (*words)[0] == "!" && is_file_test((*words)[1])) return path_guard((*words)[2], values);
  return words->size() == 2 && (*words)[0] == "-z" ? substitution((*words)[1], values) : std::nullopt;
}

bool merge_guarded(std::vector<Effect>& effects, std::size_t first, const Guard& guard) {
  if (guard.kind == Guard::Kind::path) return merge_path(effects, first, guard.name);
  const auto new_effects = std::vector(effects.begin() + static_cast<std::ptrdiff_t>(first), effects.end());
  const auto user = std::ranges::find(new_effects, "user", &Effect::verb);
  const auto home = user == new_effects.end() ? std::string() : user->words[3];
  return std::ranges::all_of(new_effects,
                             [&](const Effect& effect) { return is_about_account(effect, guard.name, home); });
}

}  // namespace lapstrake::packages::deb::shell
