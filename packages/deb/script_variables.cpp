#include "script_variables.hpp"

#include <lapstrake/base/text.hpp>

#include "script_commands.hpp"

namespace lapstrake::packages::deb::shell {
namespace {

using Words = std::vector<std::string>;

bool is_positional(const std::pair<const std::string, std::string>& value) {
  return value.first == "#" || (value.first[0] >= '0' && value.first[0] <= '9');
}

constexpr std::size_t most_word_bytes = 64 << 10;  // of all words of a command

// Blanks divide what is expanded outside quotes.
bool is_bare(std::string_view word) { return word.find('$') != word.npos && word.find_first_of("\"'") == word.npos; }

void add_divided(std::string text, Words& out) {
  for (auto& part : split(replace_all(replace_all(std::move(text), "\n", " "), "\t", " "), ' '))
    if (!part.empty()) out.push_back(std::move(part));
}

void add_variables(const ShellNode& node, std::set<std::string>& out) {
  if (node.kind == ShellNode::Kind::loop && node.words.size() > 1) out.insert(node.words[1]);
  if (node.kind == ShellNode::Kind::simple) {
    const auto assignments = assignments_of(node.words);
    for (std::size_t i = 0; i < assignments; ++i) out.emplace(assigned_name(node.words[i]));
    for (auto& name : use_of(node.words).sets) out.insert(std::move(name));
  }
  for (const auto& part : node.parts) add_variables(part, out);
}

}  // namespace

std::optional<Words> ScriptVariables::expanded_words(const Words& words) const {
  Words out;
  std::size_t bytes = 0;
  for (const auto& word : words) {
    if (word == "$@" || word == "\"$@\"" || word == "$*") {
      const auto count = values_.find("#");
      if (count == values_.end() || !divides_) return std::nullopt;
      for (std::int64_t i = 1; i <= parse_integer(count->second).value_or(0); ++i) {
        const auto value = values_.find(std::to_string(i));
        if (value == values_.end()) return std::nullopt;
        if (word != "\"$@\"")
          add_divided(value->second, out);
        else
          out.push_back(value->second);
      }
      continue;
    }
    auto text = expanded(word, values_);
    if (!text || (is_bare(word) && !divides_)) return std::nullopt;
    bytes += text->size();
    if (bytes > most_word_bytes) return std::nullopt;
    if (is_bare(word))
      add_divided(std::move(*text), out);
    else
      out.push_back(std::move(*text));
  }
  return out;
}

void ScriptVariables::assign(const Words& words, bool certain) {
  const auto use = use_of(words);
  const auto assignments = assignments_of(words);
  if (!certain || assignments < words.size()) {
    for (const auto& name : use.sets) values_.erase(name);
    // `unset NAME` and `local NAME`
    const bool is_empty = certain && (words[0] == "unset" || words[0] == "local");
    for (std::size_t i = 1; is_empty && i < words.size(); ++i)
      if (assigned_name(cat(words[i], "=")) == words[i]) values_[words[i]] = "";
    if (!certain || (words[0] != "local" && words[0] != "export" && words[0] != "readonly")) return;
  }
  for (const auto& word : words) {
    const std::string name(assigned_name(word));
    if (name.empty()) continue;
    if (auto value = expanded(std::string_view(word).substr(name.size() + 1), values_))
      values_[name] = std::move(*value);
    else
      values_.erase(name);
  }
}

void ScriptVariables::forget(const std::set<std::string>& names) {
  std::erase_if(values_, [&](const auto& value) { return names.contains(value.first); });
}

void ScriptVariables::set_positional(const Words& words) {
  ShellValues values;
  unsigned count = 0;
  bool is_known = true;
  for (std::size_t i = 1; i < words.size() && is_known; ++i) {
    const bool are_all = words[i].find("$@") != std::string::npos || words[i].find("$*") != std::string::npos;
    auto parts = expanded_words({words[i]});
    is_known = parts || (!are_all && !is_bare(words[i]));
    if (parts)
      for (auto& part : *parts) values[std::to_string(++count)] = std::move(part);
    else
      ++count;
  }
  forget_positional();
  if (!is_known) return;
  values["#"] = std::to_string(count);
  while (count < 9) values[std::to_string(++count)] = "";
  values_.merge(values);
}

void ScriptVariables::set_positional_of(const ScriptVariables& other) {
  forget_positional();
  for (const auto& value : other.values_)
    if (is_positional(value)) values_.insert(value);
}

void ScriptVariables::forget_positional() { std::erase_if(values_, is_positional); }

std::set<std::string> variables_set_in(const ShellNode& node) {
  std::set<std::string> out;
  add_variables(node, out);
  return out;
}

}  // namespace lapstrake::packages::deb::shell
