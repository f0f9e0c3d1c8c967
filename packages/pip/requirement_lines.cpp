#include "requirement_lines.hpp"

#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <optional>

namespace lapstrake::packages::pip {
namespace {

struct KnownOption {
  std::string_view name;
  std::string_view short_name;  // empty: it has no short form
  bool takes_value;
  bool is_of_index;
};

constexpr std::array<KnownOption, 19> known_options{{{"--requirement", "-r", true, false},
                                                     {"--constraint", "-c", true, false},
                                                     {"--editable", "-e", true, false},
                                                     {"--hash", "", true, false},
                                                     {"--require-hashes", "", false, false},
                                                     {"--index-url", "-i", true, true},
                                                     {"--pypi-url", "", true, true},
                                                     {"--extra-index-url", "", true, true},
                                                     {"--no-index", "", false, true},
                                                     {"--find-links", "-f", true, true},
                                                     {"--trusted-host", "", true, true},
                                                     {"--no-binary", "", true, true},
                                                     {"--only-binary", "", true, true},
                                                     {"--prefer-binary", "", false, true},
                                                     {"--pre", "", false, true},
                                                     {"--use-feature", "", true, true},
                                                     {"--config-settings", "-C", true, true},
                                                     {"--global-option", "", true, true},
                                                     {"--install-option", "", true, true}}};

struct PhysicalLine {
  std::string text;
  std::size_t number;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f' || c == '\v'; }

std::vector<std::string> physical_lines(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<std::string> lines;
  for (auto& line : split(replace_all(std::string(text), "\r\n", "\n"), '\n'))
    for (auto& part : split(line, '\r')) lines.push_back(std::move(part));
  return lines;
}

bool is_comment(std::string_view line) { return trim(line).starts_with('#'); }

// Joins lines that end with `\`. A comment ends the line that is continued, as in pip.
std::vector<PhysicalLine> joined_lines(const std::vector<std::string>& lines) {
  std::vector<PhysicalLine> joined;
  bool is_continued = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string_view line = lines[i];
    const bool continues = line.ends_with('\\') && !is_comment(line);
    if (continues) line.remove_suffix(1);
    if (!is_continued)
      joined.push_back({.text = std::string(line), .number = i + 1});
    else
      joined.back().text += is_comment(line) ? cat(' ', line) : std::string(line);
    is_continued = continues;
  }
  return joined;
}

// A `#` at the start or after white space begins a comment.
std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i)
    if (line[i] == '#' && (i == 0 || is_blank(line[i - 1]))) return line.substr(0, i);
  return line;
}

class RequirementLineParser {
 public:
  RequirementLineParser(const PhysicalLine& line, const std::string& file) : line_(line), file_(file) {}

  // Nothing if the line is empty.
  std::optional<RequirementLine> parse() const {
    const auto text = trim(without_comment(line_.text));
    if (text.empty()) return std::nullopt;
    refuse_variables(text);
    const auto at = start_of_options(text);
    return RequirementLine{.requirement = std::string(trim(text.substr(0, at))),
                           .options = options_of(words(text.substr(at))),
                           .number = line_.number};
  }

 private:
  Error error(std::string_view message, std::string help = {}) const {
    return Error(ErrorKind::usage, cat(printable(file_), ":", line_.number, ": ", printable(message)), std::move(help));
  }

  // pip replaces `${NAME}`, names in capitals.
  void refuse_variables(std::string_view text) const {
    for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 1)) {
      const auto end = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", at + 2);
      if (end == std::string_view::npos || end == at + 2 || text[end] != '}') continue;
      throw error(cat("the line depends on the environment variable `", text.substr(at, end + 1 - at), "`"),
                  "write the value, or configure the index and its credentials as a source of the spec");
    }
  }

  static std::size_t start_of_options(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '-' && (i == 0 || is_blank(text[i - 1]))) return i;
    return text.size();
  }

  // Separated by white space; quotation marks and `\` as in a shell.
  std::vector<std::string> words(std::string_view text) const {
    std::vector<std::string> found;
    bool is_in_word = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      char c = text[i];
      if (quote == 0 && is_blank(c)) {
        is_in_word = false;
        continue;
      }
      if (!is_in_word) found.emplace_back();
      is_in_word = true;
      if (c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else {
        if (c == '\\' && quote != '\'' && i + 1 < text.size()) c = text[++i];
        found.back() += c;
      }
    }
    if (quote != 0) throw error("a quotation mark is not closed");
    return found;
  }

  std::vector<LineOption> options_of(const std::vector<std::string>& words) const {
    std::vector<LineOption> options;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto& known = known_option(words[i]);
      LineOption option{.name = std::string(known.name)};
      const auto attached = attached_value(words[i]);
      if (attached && !known.takes_value) throw error(cat("`", known.name, "` takes no value"));
      if (attached)
        option.value = *attached;
      else if (known.takes_value && i + 1 == words.size())
        throw error(cat("`", words[i], "` needs a value"));
      else if (known.takes_value)
        option.value = words[++i];
      options.push_back(std::move(option));
    }
    return options;
  }

  // Of "--name=value" and "-rvalue".
  static std::optional<std::string> attached_value(const std::string& word) {
    if (!word.starts_with("--")) return word.size() > 2 ? std::optional(word.substr(2)) : std::nullopt;
    const auto at = word.find('=');
    return at == std::string::npos ? std::nullopt : std::optional(word.substr(at + 1));
  }

  const KnownOption& known_option(const std::string& word) const {
    const bool is_long = word.starts_with("--");
    const auto name = is_long ? word.substr(0, word.find('=')) : word.substr(0, 2);
    for (const auto& option : known_options)
      if (is_long ? option.name == name : option.short_name == name) return option;
    std::vector<std::string> names;
    for (const auto& option : known_options) names.emplace_back(option.name);
    const auto near = nearest(name, names);
    throw error(cat("unknown option `", name, "`"), near ? cat("did you mean `", *near, "`?") : std::string());
  }

  const PhysicalLine& line_;
  const std::string& file_;
};

}  // namespace

std::vector<RequirementLine> requirement_lines(std::string_view text, const std::string& file) {
  if (!is_utf8(text))
    throw Error(ErrorKind::usage, cat("`", printable(file), "` is not UTF-8"),
                "save it as UTF-8 (PowerShell's `>` writes UTF-16: use `| Out-File -Encoding utf8`)");
  std::vector<RequirementLine> lines;
  for (const auto& line : joined_lines(physical_lines(text)))
    if (auto parsed = RequirementLineParser(line, file).parse()) lines.push_back(std::move(*parsed));
  return lines;
}

bool is_index_option(std::string_view name) {
  return std::ranges::any_of(known_options,
                             [&](const KnownOption& option) { return option.is_of_index && option.name == name; });
}

}  // namespace lapstrake::packages::pip
