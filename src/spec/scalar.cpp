#include "scalar.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

namespace lapstrake::spec {
namespace {

constexpr std::string_view blank = " \t\r\n";

// Past `&anchor` and `!tag`, which yaml-cpp counts to the value.
std::size_t past_properties(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    const auto end = text.find_first_of(blank, at);
    const auto next = end == std::string_view::npos ? end : text.find_first_not_of(blank, end);
    if (next == std::string_view::npos) return at;
    at = next;
  }
  return at;
}

std::size_t past_quote(std::string_view text, std::size_t at) {
  const char quote = text[at++];
  for (; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 >= text.size() || text[at + 1] != quote) return at + 1;
      ++at;
    }
  }
  return std::string_view::npos;
}

// The part of a plain scalar that stands on its first line: what the text and the value have in common.
std::size_t plain_length(std::string_view line, std::string_view value) {
  const auto [in_line, in_value] = std::ranges::mismatch(line, value);
  return trim(line.substr(0, static_cast<std::size_t>(in_line - line.begin()))).size();
}

}  // namespace

Extent scalar_extent(const SourceText& source, const Span& start, std::string_view value) {
  const std::string_view text = source.text();
  const auto at = past_properties(text, source.offset(start));
  if (at >= text.size()) return {.where = start};
  const auto line = source.rest_of_line(at);
  if (text[at] == '"' || text[at] == '\'') {
    const auto end = past_quote(text, at);
    if (end == std::string_view::npos) return {.where = source.span_at(at, line.size()), .closed = false};
    return {.where = source.span_at(at, std::min(end - at, line.size()))};
  }
  if (text[at] == '|' || text[at] == '>') return {.where = source.span_at(at, 1)};
  return {.where = source.span_at(at, plain_length(line, value))};
}

Span collection_start(const SourceText& source, const Span& start) {
  const std::string_view text = source.text();
  const auto at = past_properties(text, source.offset(start));
  if (at >= text.size() || std::string_view("[{-?\"'").find(text[at]) != std::string_view::npos)
    return source.span_at(std::min(at, text.size()), 1);
  return source.span_at(at, std::min(source.rest_of_line(at).find(':'), source.rest_of_line(at).size()));
}

std::size_t word_length(const SourceText& source, const Span& start) {
  const std::string_view text = source.text();
  const auto at = source.offset(start);
  return std::min(text.find_first_of(" \t\r\n,]}", at), text.size()) - at;
}

Span null_place(const SourceText& source, const Span& start) {
  const std::string_view text = source.text();
  const auto at = source.offset(start);
  for (const std::string_view null : {"~", "null", "Null", "NULL"})
    if (text.substr(at).starts_with(null)) return start;
  const auto from = at - std::min<std::size_t>(at, 4096);
  const auto dash = text.substr(from, at - from).rfind('-');
  return dash == std::string_view::npos ? start : source.span_at(from + dash, 1);
}

}  // namespace lapstrake::spec
