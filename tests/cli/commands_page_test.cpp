// docs/reference/commands.md must list the commands and options of the program.
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/text.hpp>
#include <set>

#include "../../src/cli/command.hpp"
#include "../../src/cli/global_options.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::cli;

namespace {

struct Section {
  std::string title;  // "build [IMAGE...]"; "" before the first section
  std::string text{};
};

std::vector<Section> sections_of_page() {
  std::vector<Section> out{{.title = {}}};
  for (const auto& line : split(read_file(cat(LAPSTRAKE_SOURCE_DIR, "/docs/reference/commands.md"), 1 << 20), '\n'))
    if (line.starts_with("### `"))
      out.push_back({.title = line.substr(5, line.find('`', 5) - 5)});
    else
      out.back().text += line + "\n";
  return out;
}

std::set<std::string> names_in(const std::vector<Option>& options) {
  std::set<std::string> names;
  for (const auto& option : options)
    for (const auto& name : names_of(option)) names.insert(name);
  return names;
}

// The words in backquotes that are options: `-o`, `--output TYPE:PATH[:TAG]`.
std::set<std::string> options_in(const std::string& text) {
  std::set<std::string> out;
  const auto parts = split(text, '`');
  for (std::size_t i = 1; i < parts.size(); i += 2)
    if (parts[i].starts_with("-") && parts[i] != "-") out.insert(parts[i].substr(0, parts[i].find_first_of(" =")));
  return out;
}

std::vector<Option> options_of(const Command& command) {
  auto options = command.options;
  for (const auto& subcommand : command.subcommands)
    options.insert(options.end(), subcommand.options.begin(), subcommand.options.end());
  return options;
}

}  // namespace

TEST_CASE("docs/reference/commands.md lists the commands in the order of the program") {
  std::vector<std::string> expected, found;
  for (const auto& command : all_commands()) expected.push_back(command.name);
  for (const auto& section : sections_of_page())
    if (!section.title.empty()) found.push_back(section.title.substr(0, section.title.find(' ')));
  CHECK(found == expected);
}

TEST_CASE("docs/reference/commands.md lists the global options") {
  GlobalOptions options;
  const auto table = sections_of_page().front().text;
  for (const auto& name : names_in(global_options(options))) {
    INFO(name);
    CHECK_THAT(table, Contains(cat("`", name)));
  }
}

TEST_CASE("docs/reference/commands.md lists the options of each command, and no others") {
  GlobalOptions globals;
  const auto known = names_in(global_options(globals));
  std::set<std::string> everywhere = known;
  for (const auto& command : all_commands()) everywhere.merge(names_in(options_of(command)));
  const auto sections = sections_of_page();
  for (const auto& command : all_commands())
    for (const auto& section : sections) {
      if (section.title.substr(0, section.title.find(' ')) != command.name) continue;
      INFO(command.name);
      const auto described = options_in(section.text);
      for (const auto& name : names_in(options_of(command))) {
        INFO(name);
        CHECK(described.contains(name));
      }
      for (const auto& name : described) {
        INFO(name);
        CHECK(everywhere.contains(name));
      }
    }
}
