#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/diagnostic.hpp>

namespace lapstrake::spec {
namespace {

std::string spaces(std::size_t count) { return std::string(count, ' '); }

// A tab takes one column here, so that the caret stands under what it means.
std::string one_column_each(std::string_view line) {
  return printable(replace_all(std::string(line), "\t", " "), 1024);
}

std::string excerpt(const Diagnostic& diagnostic) {
  const std::string number = cat(diagnostic.where.line);
  const std::string gutter = cat(spaces(number.size() + 1), "|");
  const auto column = std::max<std::size_t>(diagnostic.where.column, 1);
  const auto width = character_count(diagnostic.line);
  const auto room = width + 1 > column ? width + 1 - column : 1;
  std::string carets(std::clamp<std::size_t>(diagnostic.length, 1, std::max<std::size_t>(room, 1)), '^');
  if (!diagnostic.hint.empty()) carets += cat(" ", diagnostic.hint);
  return cat(gutter, "\n", number, " | ", one_column_each(diagnostic.line), "\n", gutter, " ", spaces(column - 1),
             carets, "\n");
}

}  // namespace

std::string report(const Diagnostic& diagnostic) {
  auto where = diagnostic.where;
  where.file = printable(where.file, 4096);
  std::string out =
      cat(diagnostic.severity == Diagnostic::Severity::error ? "error: " : "warning: ", diagnostic.message, "\n");
  std::string hint = diagnostic.hint;
  if (where.line == 0) {
    out += cat(" --> ", where.file, "\n");
  } else {
    out += cat(spaces(cat(where.line).size()), "--> ", where.text(), "\n");
    if (!diagnostic.line.empty()) {
      out += excerpt(diagnostic);
      hint.clear();
    }
  }
  if (!hint.empty()) out += cat("  hint: ", hint, "\n");
  if (!diagnostic.help.empty()) out += cat("  help: ", diagnostic.help, "\n");
  return out;
}

}  // namespace lapstrake::spec
