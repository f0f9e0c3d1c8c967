#include <algorithm>
#include <array>
#include <lapstrake/packages/pip/entry_points.hpp>

#include "characters.hpp"
#include "invalid_wheel.hpp"

namespace lapstrake::packages::pip {
namespace {

// Letters beyond ASCII are not checked.
bool is_identifier(std::string_view text) {
  const auto may_continue = [](char c) {
    return is_letter_or_digit(c) || c == '_' || static_cast<unsigned char>(c) >= 128;
  };
  return !text.empty() && !is_digit(text.front()) && std::ranges::all_of(text, may_continue) && is_utf8(text);
}

bool is_dotted_identifier(std::string_view text) {
  const auto parts = split(text, '.');
  return std::ranges::all_of(parts, [](const std::string& part) { return is_identifier(part); });
}

// "python", "python3.11", "python3.13t", "pythonw", "pypy3".
bool is_interpreter_name(std::string_view name) {
  constexpr std::array interpreters{"pythonw", "python", "pypy", "graalpy", "pyodide"};
  const std::string lower_name = lower(name);
  const auto found =
      std::ranges::find_if(interpreters, [&](std::string_view it) { return lower_name.starts_with(it); });
  if (found == interpreters.end()) return false;
  std::string_view rest = std::string_view(lower_name).substr(std::string_view(*found).size());
  while (!rest.empty() && (is_digit(rest.front()) || rest.front() == '.')) rest.remove_prefix(1);
  return rest.empty() || rest == "t" || rest == "w";
}

class EntryPointReader {
 public:
  explicit EntryPointReader(std::string_view what) : what_(what) {}

  void add(std::string_view line) {
    if (line.empty() || line.starts_with('#') || line.starts_with(';')) return;
    if (line.starts_with('[')) return begin_section(line);
    if (section_.empty()) refuse(cat("has a line before its first section: ", backquoted(line)));
    if (section_ != "console_scripts" && section_ != "gui_scripts") return;
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) refuse(cat("has a line without `=`: ", backquoted(line)));
    add(trim(line.substr(0, equals)), trim(line.substr(equals + 1)));
  }
  std::vector<EntryPoint> finish() {
    std::ranges::stable_sort(found_, {}, &EntryPoint::name);
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    const auto twice = std::ranges::adjacent_find(found_, {}, &EntryPoint::name);
    if (twice != found_.end()) refuse(cat("defines ", backquoted(twice->name), " twice with different values"));
    return std::move(found_);
  }

 private:
  [[noreturn]] void refuse(std::string_view flaw) const {
    throw invalid_wheel(what_, cat("its entry_points.txt ", flaw));
  }

  void begin_section(std::string_view line) {
    if (!line.ends_with(']')) refuse(cat("has an invalid section: ", backquoted(line)));
    section_ = trim(line.substr(1, line.size() - 2));
    if (section_.empty()) refuse("has a section without a name");
  }
  void add(std::string_view name, std::string_view value) {
    if (const auto flaw = flaw_of_script_name(name); !flaw.empty())
      refuse(cat("defines the command ", backquoted(name), ", which ", flaw));
    // "module:attribute [extra, extra]": extras are ignored.
    if (const auto bracket = value.find('['); bracket != std::string_view::npos && value.ends_with(']'))
      value = trim(value.substr(0, bracket));
    const auto colon = value.find(':');
    const auto module = trim(value.substr(0, colon));
    const auto attribute = colon == std::string_view::npos ? std::string_view{} : trim(value.substr(colon + 1));
    if (!is_dotted_identifier(module) || !is_dotted_identifier(attribute))
      refuse(cat("gives the command ", backquoted(name), " the value ", backquoted(value),
                 ", expected `module:function`"));
    found_.push_back({.name = std::string(name), .module = std::string(module), .attribute = std::string(attribute)});
  }

  std::string_view what_;
  std::string section_;
  std::vector<EntryPoint> found_;
};

}  // namespace

std::vector<EntryPoint> parse_entry_points(std::string_view text, std::string_view what) {
  EntryPointReader reader(what);
  for (const auto& line : split(text, '\n')) reader.add(trim(line));
  return reader.finish();
}

std::string_view flaw_of_script_name(std::string_view name) {
  constexpr std::size_t longest = 255;  // NAME_MAX of Linux
  if (name.empty()) return "is empty";
  if (name.size() > longest) return "is longer than 255 bytes";
  if (name.find('/') != std::string_view::npos || name == "." || name == "..") return "is not a file name";
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (std::ranges::any_of(name, is_control)) return "has a control character";
  if (!is_utf8(name)) return "is not UTF-8";
  if (is_interpreter_name(name)) return "is the name of a Python interpreter";
  return "";
}

std::string script_text(const EntryPoint& entry_point, std::string_view interpreter) {
  const auto& attribute = entry_point.attribute;
  return cat("#!", interpreter, "\n# -*- coding: utf-8 -*-\nimport sys\nfrom ", entry_point.module, " import ",
             attribute.substr(0, attribute.find('.')), "\nif __name__ == \"__main__\":\n    sys.exit(", attribute,
             "())\n");
}

}  // namespace lapstrake::packages::pip
