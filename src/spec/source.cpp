#include "source.hpp"

#include <algorithm>

namespace lapstrake::spec {
namespace {

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_character));
}

}  // namespace

Source::Source(std::string file, std::string text) : file_(std::move(file)), text_(std::move(text)), starts_{0} {
  for (std::size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n') starts_.push_back(i + 1);
}

std::string_view Source::line(std::size_t number) const {
  if (number == 0 || number > starts_.size()) return {};
  const std::string_view rest = std::string_view(text_).substr(starts_[number - 1]);
  const auto text = rest.substr(0, rest.find('\n'));
  return text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
}

Span Source::span(std::size_t line_index, std::size_t column, std::size_t bytes) const {
  const auto text = line(line_index + 1);
  column = std::min(column, text.size());
  const auto length = characters(text.substr(column, bytes));
  return {.line = line_index + 1,
          .column = characters(text.substr(0, column)) + 1,
          .length = std::max<std::size_t>(length, 1)};
}

Span Source::span_at(std::size_t offset, std::size_t bytes) const {
  const auto next = std::ranges::upper_bound(starts_, offset);
  const auto index = static_cast<std::size_t>(next - starts_.begin()) - 1;
  return span(index, offset - starts_[index], bytes);
}

std::size_t Source::offset(const Span& span) const {
  if (span.line == 0 || span.line > starts_.size()) return 0;
  std::size_t at = starts_[span.line - 1];
  for (std::size_t left = span.column; at < text_.size(); ++at)
    if (starts_character(text_[at]) && --left == 0) break;
  return at;
}

Span Source::find(const Span& span, std::string_view part, std::size_t reach) const {
  const auto from = offset(span);
  const auto found = std::string_view(text_).substr(from, reach).find(part);
  return span.line == 0 || found == std::string_view::npos ? span : span_at(from + found, part.size());
}

}  // namespace lapstrake::spec
