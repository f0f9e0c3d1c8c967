#include "source_text.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

namespace lapstrake::spec {
namespace {

constexpr std::size_t block = 32;

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

}  // namespace

SourceText::SourceText(std::string file, std::string text)
    : file_(std::move(file)), text_(std::move(text)), starts_{0} {
  for (std::size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n') starts_.push_back(i + 1);
  characters_.push_back(0);
  for (std::size_t i = 0; i + block <= text_.size(); i += block)
    characters_.push_back(characters_.back() + character_count(std::string_view(text_).substr(i, block)));
}

std::size_t SourceText::line_index(std::size_t offset) const {
  return static_cast<std::size_t>(std::ranges::upper_bound(starts_, offset) - starts_.begin()) - 1;
}

std::size_t SourceText::characters_before(std::size_t offset) const {
  const auto at = offset / block;
  return characters_[at] + character_count(std::string_view(text_).substr(at * block, offset % block));
}

std::string_view SourceText::line(std::size_t number) const {
  if (number == 0 || number > starts_.size()) return {};
  return rest_of_line(starts_[number - 1]);
}

std::string_view SourceText::rest_of_line(std::size_t offset) const {
  const auto next = line_index(offset) + 1;
  const auto end = next < starts_.size() ? starts_[next] - 1 : text_.size();
  const auto text = std::string_view(text_).substr(offset, end - offset);
  return text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
}

Span SourceText::span(std::size_t line, std::size_t column, std::size_t bytes) const {
  line = std::min(line, starts_.size() - 1);
  return span_at(std::min(starts_[line] + column, text_.size()), bytes);
}

Span SourceText::span_at(std::size_t offset, std::size_t bytes) const {
  const auto index = line_index(offset);
  const auto before = characters_before(offset);
  const auto end = offset + std::min(bytes, rest_of_line(offset).size());
  return {.line = index + 1,
          .column = before - characters_before(starts_[index]) + 1,
          .length = std::max<std::size_t>(characters_before(end) - before, 1)};
}

std::size_t SourceText::offset(const Span& span) const {
  if (span.line == 0 || span.line > starts_.size()) return 0;
  const auto wanted = characters_before(starts_[span.line - 1]) + span.column;  // this one starts the character
  const auto after = std::ranges::lower_bound(characters_, wanted);
  std::size_t at = static_cast<std::size_t>(after - characters_.begin() - 1) * block;
  for (std::size_t left = wanted - *(after - 1); at < text_.size(); ++at)
    if (starts_character(text_[at]) && --left == 0) break;
  return at;
}

Span SourceText::find(const Span& span, std::string_view part, std::size_t reach) const {
  const auto from = offset(span);
  const auto found = std::string_view(text_).substr(from, reach).find(part);
  return span.line == 0 || found == std::string_view::npos ? span : span_at(from + found, part.size());
}

}  // namespace lapstrake::spec
