// One option of a command: names, help text and where its value goes. The parser, the help pages, the man page and the
// shell completions are derived from it.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::cli {

struct Option {
  std::string names;                               // "-o,--output"
  std::string value;                               // in help: "FILE", "HOST/REPO[:TAG]"; empty for a flag
  std::string text;                                // for help, without line breaks
  std::function<void(const std::string&)> assign;  // the value, each time it is given; Error{usage} if it is invalid
  bool is_list = false;                            // may be repeated
  std::vector<std::string> choices{};              // all valid values, if they are few
};

// Options that write to variables, which must live as long as the option.
Option flag(std::string names, std::string text, bool& to);
Option option(std::string names, std::string value, std::string text, std::string& to);
Option option(std::string names, std::string value, std::string text, std::optional<std::string>& to);
Option list(std::string names, std::string value, std::string text, std::vector<std::string>& to);
// Accepts numbers from `least` to `most`.
Option number(std::string names, std::string value, std::string text, std::int64_t least, std::int64_t most,
              std::function<void(std::int64_t)> assign);

// The names one by one: {"-o", "--output"}.
std::vector<std::string> names_of(const Option& option);

}  // namespace lapstrake::cli
