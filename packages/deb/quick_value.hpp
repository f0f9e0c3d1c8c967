// A field of a paragraph without parsing all of it: an index has 65,000 paragraphs.
#pragma once
#include <string_view>

namespace lapstrake::packages::deb {

// `line_start`: the name of the field as it is usually written, between a line break and a colon: "\nDepends:". With
// all continuation lines and their line breaks, without blanks around it; empty if there is no such field.
std::string_view quick_value(std::string_view stanza, std::string_view line_start);

}  // namespace lapstrake::packages::deb
