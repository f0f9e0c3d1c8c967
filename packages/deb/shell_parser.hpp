// Reads a shell script as a tree of commands (POSIX.1-2017, Shell Command Language 2.9). Nothing is executed.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb::shell {

struct ShellNode {
  enum class Kind {
    simple,     // words: assignments, the command, its arguments
    list,       // parts, one after the other
    pipeline,   // parts
    both,       // A && B
    either,     // A || B
    negation,   // ! A
    group,      // { A; }: one part, a list
    subshell,   // ( A ): one part, a list
    branches,   // if: a condition and a list for each branch, and perhaps a last list for `else`
    selection,  // case: words: the subject; parts: of Kind::arm
    arm,        // words: patterns; one part, a list
    loop,       // words: "for", "x", "in", ...; "while"; "until". Parts: the condition (not of `for`), the body
    function    // words: the name; one part
  } kind = Kind::list;
  unsigned line = 1;
  std::vector<std::string> words = {};         // as written, with their quotes
  std::vector<std::string> redirections = {};  // "2>&1", ">/dev/null"
  std::vector<ShellNode> parts = {};
  bool acts = false;  // for shell_reduction.hpp
};

// A list. Throws UnknownSyntax (shell_lexer.hpp).
ShellNode parse_shell(std::string_view script, unsigned first_line = 1);

}  // namespace lapstrake::packages::deb::shell
