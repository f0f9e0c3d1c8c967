#include "completion.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

#include "global_options.hpp"

namespace lapstrake::cli {
namespace {

std::string last_word(const Command& command) { return command.name.substr(command.name.find(' ') + 1); }

std::string names_of(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  for (const auto& command : commands) names.push_back(last_word(command));
  return join(names, " ");
}

// With the subcommands, without the groups.
std::vector<const Command*> leaves(const std::vector<Command>& commands) {
  std::vector<const Command*> out;
  for (const auto& command : commands) {
    for (const auto& subcommand : command.subcommands) out.push_back(&subcommand);
    if (command.subcommands.empty()) out.push_back(&command);
  }
  return out;
}

std::vector<Option> all_options(const std::vector<Command>& commands, const std::vector<Option>& globals) {
  auto all = globals;
  for (const auto* command : leaves(commands)) all.insert(all.end(), command->options.begin(), command->options.end());
  return all;
}

// "-o --output -h --help"
std::string option_words(const std::vector<Option>& options) {
  std::vector<std::string> words;
  for (const auto& option : options) words.push_back(replace_all(option.names, ",", " "));
  return join(words, " ");
}

bool is_file(const Option& option) { return option.value == "FILE"; }
bool is_folder(const Option& option) { return option.value == "DIR"; }

// "-f | --file | --faults"; "''", which no word is, if there is none.
std::string bash_pattern(const std::vector<Option>& options, const std::function<bool(const Option&)>& matches) {
  std::vector<std::string> names;
  for (const auto& option : options)
    if (matches(option))
      for (const auto& name : cli::names_of(option))
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  return names.empty() ? "''" : join(names, " | ");
}

std::string bash_values(const std::vector<Option>& options) {
  std::string out = cat("    ", bash_pattern(options, is_file), ") compopt -o default; return ;;\n    ",
                        bash_pattern(options, is_folder), ") compopt -o dirnames; return ;;\n");
  for (const auto& option : options)
    if (!option.choices.empty())
      out += cat("    ", replace_all(option.names, ",", " | "), ") words='", join(option.choices, " "), "' ;;\n");
  const auto is_other = [](const Option& option) {
    return !option.value.empty() && !is_file(option) && !is_folder(option) && option.choices.empty();
  };
  return cat(out, "    ", bash_pattern(options, is_other), ") return ;;\n");
}

std::string bash_commands(const std::vector<Command>& commands) {
  std::string out = cat("    '') words='", names_of(commands), "' ;;\n");
  for (const auto& command : commands)
    if (!command.subcommands.empty())
      out += cat("    ", command.name, ") words='", names_of(command.subcommands), "' ;;\n");
  for (const auto* command : leaves(commands)) {
    const auto& choices = command->arguments.choices;
    if (command->options.empty() && choices.empty()) continue;
    out += cat("    '", command->name, "') options+=' ", option_words(command->options), "'");
    out += choices.empty() ? std::string(" ;;\n") : cat(" words='", join(choices, " "), "' ;;\n");
  }
  return out;
}

// Inside single quotes of zsh's _arguments.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char one : text) {
    if (one == '[' || one == ']' || one == ':' || one == '\\') out += '\\';
    out += one;
  }
  return replace_all(out, "'", "'\\''");
}

std::string zsh_option(const Option& option) {
  const auto names = cli::names_of(option);
  std::string value;
  if (!option.value.empty()) value = cat(":", zsh_text(option.value), ":");
  if (is_file(option)) value += "_files";
  if (is_folder(option)) value += "_files -/";
  if (!option.choices.empty()) value += cat("(", join(option.choices, " "), ")");
  const auto rest = cat("'[", zsh_text(option.text), "]", value, "'");
  const std::string repeats = option.is_list ? "\\*" : "";
  if (names.size() == 1) return cat(repeats, names.front(), rest);
  if (option.is_list) return cat(repeats, "{", join(names, ","), "}", rest);
  return cat("'(", join(names, " "), ")'{", join(names, ","), "}", rest);
}

std::string zsh_options(const std::vector<Option>& options, std::string_view indent) {
  std::string out;
  for (const auto& option : options) out += cat(" \\\n", indent, zsh_option(option));
  return out;
}

std::string zsh_arguments(const Command& command) {
  const auto& choices = command.arguments.choices;
  std::string out = cat("_arguments $global", zsh_options(command.options, "          "));
  if (command.arguments.most == 0) return out;
  return cat(out, " \\\n          '*:argument:", choices.empty() ? "_files" : cat("(", join(choices, " "), ")"), "'");
}

std::string zsh_command_names(const std::vector<Command>& commands) {
  std::string out;
  for (const auto& command : commands) out += cat(" '", last_word(command), ":", zsh_text(command.summary), "'");
  return out;
}

std::string fish_text(const std::string& text) { return cat("'", replace_all(text, "'", "\\'"), "'"); }

std::string fish_option(const Option& option, const std::string& condition) {
  std::string line = "complete -c lapstrake";
  if (!condition.empty()) line += cat(" -n ", fish_text(condition));
  for (const auto& name : cli::names_of(option))
    line += name.starts_with("--") ? cat(" -l ", name.substr(2)) : cat(" -s ", name.substr(1));
  if (is_file(option))
    line += " -r -F";
  else if (is_folder(option))
    line += " -x -a '(__fish_complete_directories)'";
  else if (!option.choices.empty())
    line += cat(" -x -a ", fish_text(join(option.choices, " ")));
  else if (!option.value.empty())
    line += " -x";
  return cat(line, " -d ", fish_text(option.text), "\n");
}

std::string fish_word(const std::string& condition, const std::string& word, const std::string& text) {
  return cat("complete -c lapstrake -f -n ", fish_text(condition), " -a ", word, " -d ", fish_text(text), "\n");
}

}  // namespace

std::string bash_completion(const std::vector<Command>& commands) {
  GlobalOptions unused;
  const auto globals = global_options(unused);
  const auto options = all_options(commands, globals);
  std::vector<std::string> groups{"''"};
  for (const auto& command : commands)
    if (!command.subcommands.empty()) groups.push_back(command.name);
  return cat(R"(# bash completion for lapstrake, written by `lapstrake completion bash`
_lapstrake() {
  local word=${COMP_WORDS[COMP_CWORD]} command='' words='' i
  local options=')",
             option_words(globals), R"('
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
    --) compopt -o default; return ;;
    )",
             bash_pattern(options, [](const Option& option) { return !option.value.empty(); }), R"() ((++i)) ;;
    -*) ;;
    *) case $command in )",
             join(groups, " | "), R"() command+=${command:+ }${COMP_WORDS[i]} ;; esac ;;
    esac
  done
  case $command in
)",
             bash_commands(commands), R"(  esac
  case ${COMP_WORDS[COMP_CWORD - 1]} in
)",
             bash_values(options), R"(    *) [[ $word == -* ]] && words=$options ;;
  esac
  [[ -n $words ]] || compopt -o default
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _lapstrake lapstrake
)");
}

std::string zsh_completion(const std::vector<Command>& commands) {
  GlobalOptions unused;
  std::string cases, groups;
  for (const auto& command : commands) {
    if (command.subcommands.empty()) {
      cases += cat("    ", command.name, ") ", zsh_arguments(command), " ;;\n");
      continue;
    }
    cases += cat("    ", command.name, ") commands=(", zsh_command_names(command.subcommands),
                 " ); _describe command commands ;;\n");
  }
  return cat(R"(#compdef lapstrake
# zsh completion for lapstrake, written by `lapstrake completion zsh`
_lapstrake() {
  local curcontext=$curcontext state line
  local -a global commands
  global=()",
             zsh_options(global_options(unused), "    "), R"()
  _arguments -C $global '1: :->command' '*:: :->arguments' && return
  case $state in
  command)
    commands=()",
             zsh_command_names(commands), R"( )
    _describe command commands
    ;;
  arguments)
    case $words[1] in
)",
             cases, R"(    esac
    ;;
  esac
}
_lapstrake "$@"
)");
}

std::string fish_completion(const std::vector<Command>& commands) {
  GlobalOptions unused;
  std::string out = "# fish completion for lapstrake, written by `lapstrake completion fish`\n";
  for (const auto& option : global_options(unused)) out += fish_option(option, {});
  for (const auto& command : commands) out += fish_word("__fish_use_subcommand", command.name, command.summary);
  for (const auto& command : commands) {
    const auto condition = cat("__fish_seen_subcommand_from ", command.name);
    for (const auto& option : command.options) out += fish_option(option, condition);
    for (const auto& one : command.subcommands) out += fish_word(condition, last_word(one), one.summary);
    for (const auto& choice : command.arguments.choices) out += fish_word(condition, choice, choice);
  }
  return out;
}

}  // namespace lapstrake::cli
