#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/finding.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake {
namespace {

std::string spaces(std::size_t count) { return std::string(count, ' '); }

// A tab takes one column here, so that the caret stands under what it means.
std::string one_column_each(std::string_view line) {
  return printable(replace_all(std::string(line), "\t", " "), 1024);
}

std::string excerpt(const Finding& finding) {
  const std::string number = cat(finding.where.line);
  const std::string gutter = cat(spaces(number.size() + 1), "|");
  const auto column = std::max<std::size_t>(finding.where.column, 1);
  const auto width = character_count(finding.line);
  const auto room = width + 1 > column ? width + 1 - column : 1;
  std::string carets(std::clamp<std::size_t>(finding.length, 1, std::max<std::size_t>(room, 1)), '^');
  if (!finding.hint.empty()) carets += cat(" ", finding.hint);
  return cat(gutter, "\n", number, " | ", one_column_each(finding.line), "\n", gutter, " ", spaces(column - 1), carets,
             "\n");
}

}  // namespace

std::string Position::text() const { return cat(file, ":", line, ":", column); }

Finding finding_of(const Error& error, const Position& where) {
  return {.where = where, .message = error.line(), .help = error.help()};
}

std::string report(const Finding& finding) {
  auto where = finding.where;
  where.file = printable(where.file, 4096);
  std::string out = cat(finding.severity == Finding::Severity::error ? "error: " : "warning: ", finding.message, "\n");
  std::string hint = finding.hint;
  if (where.line == 0) {
    out += cat(" --> ", where.file, "\n");
  } else {
    out += cat(spaces(cat(where.line).size()), "--> ", where.text(), "\n");
    if (!finding.line.empty()) {
      out += excerpt(finding);
      hint.clear();
    }
  }
  if (!hint.empty()) out += cat("  hint: ", hint, "\n");
  if (!finding.help.empty()) out += cat("  help: ", finding.help, "\n");
  return out;
}

}  // namespace lapstrake
