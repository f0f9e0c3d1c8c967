#include "written_text.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::deb::shell {
namespace {

using Value = std::optional<std::string>;

// "<<EOF" and the lines. Without quotes around the delimiter, variables are expanded.
Value here_document(std::string_view redirection) {
  const auto end = redirection.find('\n');
  if (end == redirection.npos) return std::string();
  const auto text = redirection.substr(end + 1);
  const bool is_quoted = redirection.substr(0, end).find_first_of("'\"\\") != redirection.npos;
  if (!is_quoted && text.find_first_of("$`\\") != text.npos) return std::nullopt;
  return cat(text, "\n");
}

Value echoed(const std::vector<std::string>& words, const ScriptVariables& variables) {
  auto values = variables.expanded_words({words.begin() + 1, words.end()});
  if (!values) return std::nullopt;
  const bool has_option = !values->empty() && (*values)[0] == "-n";
  if (has_option) values->erase(values->begin());
  auto text = join(*values, " ");
  const bool is_plain = text.find_first_of("\\*?[{~") == text.npos && !text.starts_with('-');
  if (!is_plain) return std::nullopt;
  return has_option ? text : cat(text, "\n");
}

Value output_of(const ShellNode& command, const ScriptVariables& variables) {
  const auto& words = command.words;
  const auto input = std::ranges::find_if(command.redirections, [](const auto& text) { return text.starts_with('<'); });
  const bool has_input = input != command.redirections.end();
  if (words.empty() || words[0] == ":" || words[0] == "true") return std::string();
  if (words[0] == "echo" && !has_input) return echoed(words, variables);
  const bool copies_input = words[0] == "cat" && (words.size() == 1 || (words.size() == 2 && words[1] == "-"));
  return copies_input && has_input && input->starts_with("<<") ? here_document(*input) : std::nullopt;
}

}  // namespace

std::optional<WrittenText> written_text(const ShellNode& command, const ScriptVariables& variables) {
  const auto is_output = [](const auto& text) { return writes_file(text); };
  if (std::ranges::count_if(command.redirections, is_output) != 1) return std::nullopt;
  std::string_view target = *std::ranges::find_if(command.redirections, is_output);
  if (target.starts_with('1')) target.remove_prefix(1);
  const bool appends = target.starts_with(">>");
  if (!target.starts_with('>') || target.starts_with(">&")) return std::nullopt;
  auto path = expanded(target.substr(appends ? 2 : 1), variables.values());
  auto text = output_of(command, variables);
  if (!path || !text) return std::nullopt;
  return WrittenText{.path = std::move(*path), .text = std::move(*text), .appends = appends};
}

bool writes_file(std::string_view redirection) {
  const auto at = redirection.find('>');
  if (redirection.find("<<") != redirection.npos || at == redirection.npos) return false;
  auto target = redirection.substr(at + 1);
  if (target.starts_with('&')) return target.find_first_not_of("0123456789-", 1) != target.npos;
  if (target.starts_with('>') || target.starts_with('|')) target.remove_prefix(1);
  return target != "/dev/null" && target != "/dev/stderr" && target != "/dev/stdout" && target != "/dev/tty";
}

}  // namespace lapstrake::packages::deb::shell
