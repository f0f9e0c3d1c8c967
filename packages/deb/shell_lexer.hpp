// Divides a shell script into words and operators (POSIX.1-2017, Shell Command Language 2.2, 2.3, 2.7). Nothing is
// executed or expanded.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb::shell {

struct ShellToken {
  enum class Kind {
    word,
    operation,    // "&&", ";", "("
    redirection,  // "2>", "<<"
    newline,
    end
  } kind;
  std::string text;   // as written, with its quotes; of a redirection to a here-document also its content
  unsigned line = 1;  // from 1
};

// Syntax that is not supported, or not valid.
struct UnknownSyntax {
  unsigned line = 0;
};

// The last token is Kind::end. Throws UnknownSyntax.
std::vector<ShellToken> shell_tokens(std::string_view script, unsigned first_line = 1);

// The position after the closing character of what begins at `at`: a quoted text, `$(...)`, `${...}` or "`...`"; the
// next one for other characters. Throws UnknownSyntax if it is not closed.
std::size_t end_of_unit(std::string_view text, std::size_t at, unsigned depth = 0);

}  // namespace lapstrake::packages::deb::shell
