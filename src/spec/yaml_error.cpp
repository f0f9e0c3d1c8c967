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
    {"illegal map value", "a `:` stands where no key can", "quote the text if the `:` belongs to it"},
    {"illegal map key", "a `?` stands where no key can", "quote the text if the `?` belongs to it"},
    {"end of map not found", "this line belongs to no mapping above it", "is its indentation that of its neighbours?"},
    {"end of sequence not found", "this line belongs to no list above it",
     "is its indentation that of its neighbours?"},
    {"illegal block entry", "a `-` stands where no list item can", "quote the text if the `-` belongs to it"},
    {"end of map flow not found", "a `{` before this is not closed", "write `}`, or quote what stands inside"},
    {"end of sequence flow not found", "a `[` before this is not closed", "write `]`, or quote what stands inside"},
    {"illegal flow end", "nothing is open that this could close", "remove it, or quote the text"},
    {"the referenced anchor is not defined", "no anchor of this name stands before this",
     "text that starts with `*` needs quotes: \"*.php\""},
    {"alias not found after *", "a `*` with no name", "text that starts with `*` needs quotes: \"**/*.php\""},
    {"anchor not found after &", "a `&` with no name", "text that starts with `&` needs quotes"},
    {"illegal character found while scanning alias", "an alias has no such character in its name",
     "text that starts with `*` needs quotes: \"**/*.php\""},
    {"illegal character found while scanning anchor", "an anchor has no such character in its name",
     "text that starts with `&` needs quotes"},
    {"unknown token", "no value can start like this", "quote the text"},
    {"unknown escape character", "double quotes know no such escape", "use single quotes, or `\\\\` for a backslash"},
    {"invalid unicode", "this escape is no character", "use the character itself"},
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
    return findings.error_in(source, tab, "a tab in the indentation", "YAML is indented with spaces");
  const auto where = source.span(line, column, 1);
  for (const auto& known : parser_messages) {
    if (!message.starts_with(known.theirs)) continue;
    const bool bare_variable = is_flow(message) && source.line(where.line).find("${") != std::string_view::npos;
    return findings.error_in(
        source, where, std::string(known.ours),
        bare_variable ? "in `{ }` and `[ ]` a variable needs quotes: \"${vars.name}\"" : std::string(known.hint));
  }
  findings.error_in(source, where, cat("this is not YAML: ", printable(message, 200)));
}

}  // namespace lapstrake::spec
