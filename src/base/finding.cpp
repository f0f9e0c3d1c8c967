#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/finding.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake {
namespace {

using Role = StyledSpan::Role;

std::string spaces(std::size_t count) { return std::string(count, ' '); }

// A tab takes one column here, so that the caret stands under what it means.
std::string one_column_each(std::string_view line) {
  return printable(replace_all(std::string(line), "\t", " "), 1024);
}

void add_excerpt(StyledText& out, const Finding& finding) {
  const std::string number = cat(finding.where.line);
  const std::string gutter = cat(spaces(number.size() + 1), "|");
  const auto column = std::max<std::size_t>(finding.where.column, 1);
  const auto width = character_count(finding.line);
  const auto room = width + 1 > column ? width + 1 - column : 1;
  std::string carets(std::clamp<std::size_t>(finding.length, 1, std::max<std::size_t>(room, 1)), '^');
  if (!finding.hint.empty()) carets += cat(" ", finding.hint);
  out.push_back({Role::plain, cat(gutter, "\n", number, " | ", one_column_each(finding.line), "\n", gutter, " ",
                                  spaces(column - 1))});
  out.push_back({Role::marker, carets});
  out.push_back({Role::plain, "\n"});
}

}  // namespace

std::string Position::text() const { return cat(file, ":", line, ":", column); }

Finding finding_of(const Error& error, const Position& where) {
  return {.where = where, .message = error.line(), .help = error.help()};
}

StyledText styled_report(const Finding& finding) {
  const bool is_error = finding.severity == Finding::Severity::error;
  const bool has_line = finding.where.line != 0;
  const bool has_excerpt = has_line && !finding.line.empty();
  auto where = finding.where;
  where.file = printable(where.file, 4096);
  StyledText out;
  const auto add = [&out](Role role, const std::string& label, const std::string& text) {
    out.push_back({role, label});
    out.push_back({Role::plain, cat(" ", text, "\n")});
  };
  add(is_error ? Role::error : Role::warning, is_error ? "error:" : "warning:", finding.message);
  add(Role::position, cat(spaces(has_line ? cat(where.line).size() : 1), "-->"), has_line ? where.text() : where.file);
  if (has_excerpt) add_excerpt(out, finding);
  if (!has_excerpt && !finding.hint.empty()) add(Role::plain, "  hint:", finding.hint);
  if (!finding.help.empty()) add(Role::help, "  help:", finding.help);
  return out;
}

std::string report(const Finding& finding) { return without_style(styled_report(finding)); }

}  // namespace lapstrake
