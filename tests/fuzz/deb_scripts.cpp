// Maintainer scripts: they are read in bounded time, the same each time; effects have words, and lines are text. The
// first byte chooses how dpkg calls the script.
#include <lapstrake/packages/deb/scripts.hpp>

#include "attempt.hpp"
#include "script_walk.hpp"
#include "shell_lexer.hpp"
#include "shell_lines.hpp"
#include "shell_reduction.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;

namespace {

void check_residue(std::string_view script, std::string_view name) {
  const auto lines = residue(script, name);
  const auto again = residue(script, name);
  hold(lines.size() == again.size(), "a script is read the same way each time");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    hold(lines[i].text == again[i].text && lines[i].number > 0, "a line of a script has a number");
    hold(lines[i].text.find('\n') == std::string::npos, "a line of a script is one line");
  }
}

// Of a package that has every path whose last character is even.
shell::ScriptFacts facts() {
  shell::ScriptFacts out{.values = {{"1", "configure"}, {"2", ""}, {"#", "2"}}};
  out.shipped = [](std::string_view path) {
    return path.empty() || path.back() % 2 == 1 ? shell::Shipped::unknown : shell::Shipped::file;
  };
  return out;
}

void check_effects(std::string_view script) {
  try {
    const auto walked = shell::walk_script(shell::parse_shell(script), facts());
    for (const auto& effect : walked.effects) {
      hold(!effect.verb.empty() && !effect.words.empty() && effect.verb != "append", "an effect has words");
      for (const auto& word : effect.words) hold(word.find('\n') == std::string::npos, "a word is on one line");
    }
    const auto rest = shell::reduced(walked.rest);
    hold(shell::lines_of_shell(rest).empty() == shell::acting_commands(rest).empty() || rest.acts,
         "only actions are left");
  } catch (const shell::UnknownSyntax&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto text = text_of(data, size).substr(1);
  check_residue(cat("#!/bin/sh\n", text), data[0] % 2 == 0 ? "preinst" : "postinst");
  check_effects(text);
  return 0;
}
