#include "help_page.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

#include "global_options.hpp"

namespace lapstrake::cli {
namespace {

constexpr std::size_t page_width = 80, text_column = 28;

// `head` and `text` in two columns. A head that is too wide gets a line of its own.
std::string in_columns(const std::string& head, const std::string& text, std::size_t column) {
  std::string out, line = head;
  const auto pad = [&] { line.resize(std::max(line.size(), column), ' '); };
  if (line.size() + 2 > column) {
    out = line + "\n";
    line.clear();
  }
  pad();
  bool is_first = true;
  for (const auto& word : split(text, ' ')) {
    if (!is_first && line.size() + 1 + word.size() > page_width) {
      out += line + "\n";
      line.clear();
      pad();
      is_first = true;
    }
    line += cat(is_first ? "" : " ", word);
    is_first = false;
  }
  return cat(out, line, "\n");
}

// "  -o, --output FILE", "      --push".
std::string head(const Option& option) {
  const auto names = names_of(option);
  const auto indent = names.front().starts_with("--") ? "      " : "  ";
  return cat(indent, join(names, ", "), option.value.empty() ? "" : " ", option.value);
}

std::string option_list(const std::vector<Option>& options) {
  std::string out;
  for (const auto& option : options) out += in_columns(head(option), option.text, text_column);
  return out;
}

std::string command_list(const std::vector<Command>& commands) {
  std::size_t column = 0;
  for (const auto& command : commands) column = std::max(column, command.name.size() + 4);
  std::string out;
  for (const auto& command : commands) out += in_columns(cat("  ", command.name), command.summary, column);
  return out;
}

}  // namespace

std::string overview(const std::vector<Command>& commands) {
  GlobalOptions options;
  return cat("Examples:\n", program_examples, "\nUsage: ", program_synopsis, "\n\n", program_description,
             "\nCommands:\n", command_list(commands), "\nGlobal options:\n", option_list(global_options(options)));
}

std::string help_page(const Command& command) {
  const bool is_one = std::count(command.examples.begin(), command.examples.end(), '\n') == 1;
  std::string out = cat(is_one ? "Example:\n" : "Examples:\n", command.examples, "\nUsage: lapstrake ", command.name,
                        command.usage.empty() ? "" : " ", command.usage, "\n\n", command.description);
  if (!command.subcommands.empty()) out += cat("\nCommands:\n", command_list(command.subcommands));
  if (!command.options.empty()) out += cat("\nOptions:\n", option_list(command.options));
  return cat(out, "\nRun `lapstrake --help` to see the global options.\n");
}

}  // namespace lapstrake::cli
