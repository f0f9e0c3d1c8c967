#include "findings.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

namespace lapstrake::spec {
namespace {

constexpr std::size_t most_findings = 500;  // a person reads the first twenty

std::string shown(std::string_view line, std::size_t column) {
  if (line.size() <= longest_shown_line) return std::string(line);
  if (column > longest_shown_line / 2) return {};
  std::size_t end = longest_shown_line;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) --end;
  return cat(line.substr(0, end), "...");
}

}  // namespace

void Findings::error(const Span& where, std::string message, std::string hint, std::string help) {
  error_in(spec_, where, std::move(message), std::move(hint), std::move(help));
}

void Findings::error_in(const SourceText& source, const Span& where, std::string message, std::string hint,
                        std::string help) {
  has_errors_ = true;
  add(source, where, {.message = std::move(message), .hint = std::move(hint), .help = std::move(help)});
}

void Findings::warning(const Span& where, std::string message, std::string hint, std::string help) {
  add(spec_, where,
      {.severity = Finding::Severity::warning,
       .message = std::move(message),
       .hint = std::move(hint),
       .help = std::move(help)});
}

bool Findings::is_full() const noexcept { return found_.size() >= most_findings; }

void Findings::add(const SourceText& source, const Span& where, Finding finding) {
  if (is_full()) return;
  if (!seen_.emplace(source.file(), where.line, where.column, finding.message).second) return;
  finding.where = source.position(where);
  finding.length = where.length;
  finding.line = shown(source.line(where.line), where.column);
  found_.push_back(std::move(finding));
}

std::vector<Finding> Findings::sorted() const {
  auto out = found_;
  std::ranges::stable_sort(out, {}, [this](const Finding& d) {
    return std::tuple(d.where.file != spec_.file(), d.where.file, d.where.line, d.where.column);
  });
  return out;
}

}  // namespace lapstrake::spec
