// The extent of values in their source text, which yaml-cpp does not report.
#pragma once
#include <string_view>

#include "source_text.hpp"

namespace lapstrake::spec {

struct Extent {
  Span where;          // without anchor and tag; the part on its first line
  bool closed = true;  // a quoted scalar has its second quote
};

Extent scalar_extent(const SourceText& source, const Span& start, std::string_view value);
// Without anchor and tag; a block mapping is shown by its first key.
Span collection_start(const SourceText& source, const Span& start);
std::size_t word_length(const SourceText& source, const Span& start);  // bytes of `*name` or `!tag`
// For an omitted item, `start` is the position after it: returns the position of its dash.
Span null_place(const SourceText& source, const Span& start);

}  // namespace lapstrake::spec
