// How far values reach in their source, which yaml-cpp does not say.
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
// Of an item that was left out, `start` is what follows: its own dash is meant.
Span null_place(const SourceText& source, const Span& start);

}  // namespace lapstrake::spec
