// Splits a requirements file into lines with options (pip's "Requirements File Format").
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::pip {

struct LineOption {
  std::string name = {};  // the long form: "--requirement" for `-r`
  std::string value = {};
};

// A line after continuations and comments: `flask==3.1.0 --hash=sha256:...`, or options alone.
struct RequirementLine {
  std::string requirement = {};  // empty if there are only options
  std::vector<LineOption> options = {};
  std::size_t number = 0;  // of its first line in the file, from 1
};

// Empty lines are omitted. Error{usage}: not UTF-8, an unknown option, an option without its value, an unclosed
// quotation mark, a reference to an environment variable (`${TOKEN}`). `file`: for messages.
std::vector<RequirementLine> requirement_lines(std::string_view text, const std::string& file);

// Whether the option describes where and how pip finds packages: `--index-url`, `--pre`.
bool is_index_option(std::string_view name);

}  // namespace lapstrake::packages::pip
