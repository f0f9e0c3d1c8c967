#include "man_page.hpp"

#include <lapstrake/base/text.hpp>

#include "global_options.hpp"
#include "help_page.hpp"

namespace lapstrake::cli {
namespace {

// docs/reference/exit-codes.md
constexpr std::pair<std::string_view, std::string_view> exit_codes[] = {
    {"0", "Success."},
    {"1", "Internal error, or any error without its own code."},
    {"2", "Usage or spec."},
    {"3", "An input is missing or unreadable, or the disk is full."},
    {"4", "Registry or network."},
    {"5", "Credentials or permission."},
    {"6", "Integrity: a digest is wrong."},
    {"7", "The deployment failed or was rolled back (reserved)."},
    {"8", "Timed out, still in progress (reserved)."},
    {"9", "Waiting for an approval (reserved)."},
    {"130", "Interrupted by SIGINT; 143 for SIGTERM."},
};

// Text as roff prints it. A line must not begin with a control character, and `-` must stay a minus sign that can be
// copied.
std::string escaped(std::string_view text) {
  auto out = replace_all(replace_all(std::string(text), "\\", "\\e"), "-", "\\-");
  out = replace_all(replace_all(out, "\n.", "\n\\&."), "\n'", "\n\\&'");
  return out.starts_with(".") || out.starts_with("'") ? "\\&" + out : out;
}

std::string example_block(std::string_view examples) { return cat(".PP\n.EX\n", escaped(examples), ".EE\n"); }

std::string paragraphs(std::string_view text) { return cat(".PP\n", replace_all(escaped(text), "\n\n", "\n.PP\n")); }

std::string item(const std::string& head, std::string_view text) {
  return cat(".TP\n.B ", head, "\n", escaped(text), "\n");
}

std::string option_items(const std::vector<Option>& options) {
  std::string out;
  for (const auto& option : options)
    out += item(escaped(cat(join(names_of(option), ", "), option.value.empty() ? "" : " ", option.value)), option.text);
  return out;
}

std::string section(const Command& command) {
  const auto usage = replace_all(command.usage, "\n", " ");
  std::string words;
  for (const auto& word : split(usage, ' '))
    if (!word.empty()) words += " " + word;
  std::string out = cat(".SS \"lapstrake ", escaped(command.name + words), "\"\n", paragraphs(command.description),
                        option_items(command.options), example_block(command.examples));
  for (const auto& subcommand : command.subcommands) out += section(subcommand);
  return out;
}

}  // namespace

std::string man_page(const std::vector<Command>& commands) {
  GlobalOptions options;
  std::string out =
      cat(".TH LAPSTRAKE 1 \"\" \"lapstrake ", LAPSTRAKE_VERSION, "\" \"User Commands\"\n.ad l\n.nh\n",
          ".SH NAME\nlapstrake \\- build container images and register ECS task definitions\n", ".SH SYNOPSIS\n.B ",
          escaped(program_synopsis), "\n.SH DESCRIPTION\n", paragraphs(program_description), ".SH EXAMPLES\n",
          example_block(program_examples), ".SH COMMANDS\n");
  for (const auto& command : commands) out += section(command);
  out += cat(".SH GLOBAL OPTIONS\n", option_items(global_options(options)), ".SH EXIT STATUS\n");
  for (const auto& [code, meaning] : exit_codes) out += item(std::string(code), meaning);
  return out;
}

}  // namespace lapstrake::cli
