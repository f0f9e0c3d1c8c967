// Splits a command line into words, as Python's shlex does, by which botocore reads `credential_process`.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::aws {

// The rules of POSIX shells for quotes and backslashes, and nothing else: no variables, no globs, no operators. Nothing
// when a quote is not closed or a backslash is last.
std::optional<std::vector<std::string>> split_shell_words(std::string_view text);

}  // namespace lapstrake::aws
