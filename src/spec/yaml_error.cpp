#include "yaml_error.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

#include "node.hpp"

namespace lapstrake::spec {
namespace {

struct ParserMessage {
  std::string_view theirs;  // how yaml-cpp's message begins
  std::string_view ours, hint;
};

constexpr ParserMessage parser_messages[] = {
    {"illegal map value", "unexpected `:`", "quote the text if the `:` belongs to it"},
    {"illegal map key", "unexpected `?`", "quote the text if the `?` belongs to it"},
    {"end of map not found", "invalid indentation in a mapping", "indent the line like its neighbours"},
    {"end of sequence not found", "invalid indentation in a list", "indent the line like its neighbours"},
    {"illegal block entry", "unexpected `-`", "quote the text if the `-` belongs to it"},
    {"end of map flow not found", "missing `}`", "close the `{` before this, or quote the text in it"},
    {"end of sequence flow not found", "missing `]`", "close the `[` before this, or quote the text in it"},
    {"illegal flow end", "unmatched closing bracket", "remove it, or quote the text"},
    {"the referenced anchor is not defined", "undefined anchor", "text that starts with `*` needs quotes: \"*.php\""},
    {"alias not found after *", "missing name after `*`", "text that starts with `*` needs quotes: \"**/*.php\""},
    {"anchor not found after &", "missing name after `&`", "text that starts with `&` needs quotes"},
    {"illegal character found while scanning alias", "invalid character in the name of an alias",
     "text that starts with `*` needs quotes: \"**/*.php\""},
    {"illegal character found while scanning anchor", "invalid character in the name of an anchor",
     "text that starts with `&` needs quotes"},
    {"unknown token", "invalid start of a value", "quote the text"},
    {"unknown escape character", "unknown escape sequence", "use single quotes, or `\\\\` for a backslash"},
    {"invalid unicode", "invalid Unicode escape", "use the character itself"},
};

// The tab in the indentation of line `number` or the one before it: the usual cause of the strangest messages.
Span tab_in_indentation(const SourceText& source, std::size_t number) {
  for (const auto n : {number, number > 1 ? number - 1 : number}) {
    const auto line = source.line(n);
    const auto tab = line.substr(0, std::min(line.find_first_not_of(" \t"), line.size())).find('\t');
    if (tab != std::string_view::npos) return {.line = n, .column = tab + 1};
  }
  return {};
}

bool is_flow(std::string_view theirs) { return theirs.find("flow") != std::string_view::npos; }

}  // namespace

void report_yaml_error(const SourceText& source, std::size_t line, std::size_t column, std::string_view message,
                       Findings& findings) {
  if (const auto tab = tab_in_indentation(source, line + 1); tab.line != 0)
    return findings.error_in(source, tab, "tab in the indentation", "use spaces: YAML does not allow tabs here");
  const auto where = source.span(line, column, 1);
  for (const auto& known : parser_messages) {
    if (!message.starts_with(known.theirs)) continue;
    const bool bare_variable = is_flow(message) && source.line(where.line).find("${") != std::string_view::npos;
    return findings.error_in(
        source, where, std::string(known.ours),
        bare_variable ? "in `{ }` and `[ ]` a variable needs quotes: \"${vars.name}\"" : std::string(known.hint));
  }
  findings.error_in(source, where, cat("invalid YAML: ", printable(message, 200)));
}

}  // namespace lapstrake::spec
