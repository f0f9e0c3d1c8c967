// What is known about conditions of a maintainer script at the first installation into a new image: the values of "$1"
// and "$2" (Debian Policy 6.5), tests of them, comparisons of versions. Nothing is executed.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb {

enum class Truth { no, yes, unknown };
Truth operator!(Truth truth);

// Values of variables and positional parameters, by name ("1", "DPKG_ROOT"); others are unknown.
using ShellValues = std::map<std::string, std::string, std::less<>>;

// The word without quotes and with the values of variables; nothing if it has unknown parts.
std::optional<std::string> expanded(std::string_view word, const ShellValues& values);
// The names of the variables in a word: "a-${NAME%%.*}-$2" has NAME and 2.
std::vector<std::string> variables_in(std::string_view word);

// Of `[`, `test`, `true`, `false`, `:` and `dpkg --compare-versions`; unknown for other commands.
Truth truth_of(const std::vector<std::string>& words, const ShellValues& values);

// Which pattern of `case` matches: no, yes or unknown.
Truth matches_pattern(std::string_view pattern, const std::optional<std::string>& subject, const ShellValues& values);

}  // namespace lapstrake::packages::deb
