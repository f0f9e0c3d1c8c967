// The text of a file, with lines and positions.
#pragma once
#include <cstddef>
#include <lapstrake/base/position.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::spec {

inline constexpr std::size_t longest_shown_line = 240;  // bytes; findings do not show more of a line

// Counted from 1, in characters (code points); line 0 is the file as a whole. A span does not cross lines.
struct Span {
  std::size_t line = 0, column = 0, length = 1;
};

// No function takes time that grows with the text: a spec may be one line of 1 MiB with 100000 values in it.
class SourceText {
 public:
  SourceText(std::string file, std::string text);

  const std::string& file() const noexcept { return file_; }
  const std::string& text() const noexcept { return text_; }
  std::string_view line(std::size_t number) const;  // without its end; empty past the last
  Position position(const Span& span) const { return {.file = file_, .line = span.line, .column = span.column}; }

  // Of `bytes` bytes from byte `column` (from 0) of line `line` (from 0), as yaml-cpp counts.
  Span span(std::size_t line, std::size_t column, std::size_t bytes) const;
  Span span_at(std::size_t offset, std::size_t bytes) const;
  std::size_t offset(const Span& span) const;
  std::string_view rest_of_line(std::size_t offset) const;

  // The first `part` at or after the start of `span`, within the next `reach` bytes; `span` itself if there is none.
  Span find(const Span& span, std::string_view part, std::size_t reach) const;

 private:
  std::size_t line_index(std::size_t offset) const;
  std::size_t characters_before(std::size_t offset) const;

  std::string file_, text_;
  std::vector<std::size_t> starts_;      // of each line
  std::vector<std::size_t> characters_;  // before each block of bytes
};

}  // namespace lapstrake::spec
