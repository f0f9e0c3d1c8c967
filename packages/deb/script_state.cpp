#include "script_state.hpp"

#include <algorithm>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/text.hpp>

#include "written_text.hpp"

namespace lapstrake::packages::deb::shell {
namespace {

using Words = std::vector<std::string>;

}  // namespace

Truth ScriptState::truth_of(const Words& words) const {
  return shell::truth_of(words, {.values = variables.values(), .shipped = shipped_});
}

bool ScriptState::read_command(const Words& words) {
  const auto values = variables.expanded_words(words);
  if (!values || values->empty() || !umask_) return false;
  // In a function `"$@"` may be a command that does nothing.
  const auto role = use_of(*values).role;
  if (role == CommandRole::query || role == CommandRole::standard) return true;
  return add(effects_of_command(*values, context()));
}

bool ScriptState::is_harmless(const Words& words) const {
  const auto values = variables.expanded_words(words);
  if (!values || values->empty()) return false;
  const auto effects = effects_of_command(*values, context());
  return effects && effects->empty();
}

bool ScriptState::read_text(const ShellNode& command) {
  if (!umask_) return false;
  const auto written = written_text(command, variables);
  return written && add(effects_of_text(written->path, written->text, written->appends, context()));
}

bool ScriptState::add(std::optional<std::vector<Effect>> effects) {
  if (!effects) return false;
  auto bytes = bytes_;
  for (const auto& effect : *effects)
    for (const auto& word : effect.words) bytes += word.size();
  if (bytes > limits::script_effect_bytes) return false;
  bytes_ = bytes;
  for (auto& effect : *effects) effects_.push_back(std::move(effect));
  return true;
}

bool ScriptState::merge_guarded(std::size_t first, const Guard& guard) {
  return shell::merge_guarded(effects_, first, guard);
}

std::vector<Effect> ScriptState::effects() && {
  std::vector<Effect> out;
  for (auto& effect : effects_) {
    if (effect.verb != "append") {
      out.push_back(std::move(effect));
      continue;
    }
    const auto file = std::ranges::find_if(
        out, [&](const Effect& earlier) { return earlier.verb == "file" && earlier.words[0] == effect.words[0]; });
    if (file->words.size() < 4) file->words.emplace_back();
    file->words[3] += effect.words[1];
  }
  return out;
}

void ScriptState::set_umask(const Words& words, bool certain) {
  umask_.reset();
  const bool is_octal =
      words.size() == 2 && words[1].size() <= 4 && words[1].find_first_not_of("01234567") == std::string::npos;
  if (certain && is_octal) umask_ = static_cast<unsigned>(std::stoul(words[1], nullptr, 8));
}

void ScriptState::restore(Mark mark) {
  effects_.resize(mark.effects);
  bytes_ = mark.bytes;
  umask_ = mark.umask;
  possible_end = mark.possible_end;
  variables = std::move(mark.variables);
}

}  // namespace lapstrake::packages::deb::shell
