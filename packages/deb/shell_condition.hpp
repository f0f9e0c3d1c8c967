// The values of conditions in a maintainer script at the first installation into a new image: "$1" and "$2" (Debian
// Policy 6.5), tests of them, comparisons of versions. Nothing is executed.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb::shell {

enum class Truth { no, yes, unknown };
Truth operator!(Truth truth);

// Values of variables and positional parameters, by name ("1", "DPKG_ROOT"); others are unknown.
using ShellValues = std::map<std::string, std::string, std::less<>>;

// What the package has at a path: it is unpacked before its postinst runs.
enum class Shipped { unknown, file, program, folder, link };

struct ScriptFacts {
  ShellValues values = {};
  std::function<Shipped(std::string_view path)> shipped = [](std::string_view) { return Shipped::unknown; };
  bool certain = true;  // that the script runs in this way
};

// The word without quotes and with the values of variables, of
// commands like `dirname` and `dpkg --print-architecture`; nothing if it has unknown parts.
std::optional<std::string> expanded(std::string_view word, const ShellValues& values);
// The names of the variables in a word: "a-${NAME%%.*}-$2" has NAME and 2.
std::vector<std::string> variables_in(std::string_view word);

// Of `[`, `test`, `true`, `false`, `:`, `dpkg --compare-versions` and `dpkg-statoverride --list`; unknown for other
// commands.
Truth truth_of(const std::vector<std::string>& words, const ScriptFacts& facts);

// Which pattern of `case` matches: no, yes or unknown.
Truth matches_pattern(std::string_view pattern, const std::optional<std::string>& subject, const ShellValues& values);

}  // namespace lapstrake::packages::deb::shell
