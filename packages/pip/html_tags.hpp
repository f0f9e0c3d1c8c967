// The start tags of an HTML page. It is not an HTML parser: it finds tags with their attributes, which is all that an
// index page needs (PEP 503).
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lapstrake::packages::pip {

struct HtmlTag {
  std::string name = {};                                             // in lower case: "a"
  std::vector<std::pair<std::string, std::string>> attributes = {};  // names in lower case; entities are decoded
  std::size_t end = 0;                                               // the index after the tag's `>`
  // The first attribute of this name; empty without a value.
  std::optional<std::string> attribute(std::string_view name) const;
};

// The next start tag at or after `from`. Comments, end tags, declarations, and the content of <script> and <style> are
// skipped.
std::optional<HtmlTag> next_tag(std::string_view html, std::size_t from);

// The text between `from` and the next tag, entities decoded, without white space around it.
std::string text_at(std::string_view html, std::size_t from);

// `&amp;`, `&lt;`, `&gt;`, `&quot;`, `&apos;`, `&#39;`, `&#x27;`. Other text stays as it is.
std::string decoded_entities(std::string_view text);

}  // namespace lapstrake::packages::pip
