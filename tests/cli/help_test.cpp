#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/text.hpp>

#include "../../src/cli/global_options.hpp"
#include "../../src/cli/help_page.hpp"
#include "../../src/cli/man_page.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::cli;

namespace {

// With the subcommands.
std::vector<Command> every_command() {
  std::vector<Command> out;
  for (const auto& command : all_commands()) {
    out.push_back(command);
    for (const auto& subcommand : command.subcommands) out.push_back(subcommand);
  }
  return out;
}

}  // namespace

TEST_CASE("no line of help is longer than 80 columns") {
  std::vector<std::string> texts{overview(all_commands())};
  for (const auto& command : every_command()) texts.push_back(help_page(command));
  for (const auto& text : texts)
    for (const auto& line : split(text, '\n')) {
      INFO(line);
      CHECK(line.size() <= 80);
    }
}

TEST_CASE("a help page leads with examples, then comes the usage") {
  for (const auto& command : every_command()) {
    INFO(command.name);
    CHECK(help_page(command).starts_with("Example"));
    CHECK((command.examples.starts_with("  ") && command.examples.ends_with("\n")));
    CHECK_THAT(help_page(command), Contains(cat("\nUsage: lapstrake ", command.name)));
    CHECK(command.description.ends_with("\n"));
    CHECK_FALSE(command.summary.empty());
  }
}

TEST_CASE("a help page") {
  bool force = false;
  std::string file;
  const Command command{.name = "paint",
                        .summary = "paint the hull",
                        .usage = "[COLOUR]",
                        .examples = "  lapstrake paint red\n",
                        .description = "Paints the hull.\n",
                        .options = {flag("-x,--force", "paint over wet paint", force),
                                    option("--a-very-long-option", "FILE",
                                           "read the colours from FILE, one on each line of the file", file)}};
  CHECK(help_page(command) == R"(Example:
  lapstrake paint red

Usage: lapstrake paint [COLOUR]

Paints the hull.

Options:
  -x, --force               paint over wet paint
      --a-very-long-option FILE
                            read the colours from FILE, one on each line of the
                            file

Run `lapstrake --help` to see the global options.
)");
}

TEST_CASE("the man page has every command, option and exit code") {
  const auto page = replace_all(man_page(all_commands()), "\\-", "-");
  for (const auto& command : every_command()) {
    INFO(command.name);
    CHECK_THAT(page, Contains(cat(".SS \"lapstrake ", command.name)));
    for (const auto& option : command.options) CHECK_THAT(page, Contains(replace_all(option.names, ",", ", ")));
  }
  GlobalOptions options;
  for (const auto& option : global_options(options)) CHECK_THAT(page, Contains(replace_all(option.names, ",", ", ")));
  for (const auto& line : split(read_file(cat(LAPSTRAKE_SOURCE_DIR, "/docs/reference/exit-codes.md"), 1 << 20), '\n'))
    if (line.starts_with("| ") && line[2] >= '0' && line[2] <= '9')
      CHECK_THAT(page, Contains(cat(".TP\n.B ", split(line, ' ')[1], "\n")));
}
