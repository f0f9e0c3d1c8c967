// The differences of two texts in the format of `diff -u`.
#pragma once
#include <string>
#include <string_view>

namespace lapstrake {

// Three lines of context; empty when the texts are equal. Both texts end in a newline.
std::string unified_diff(std::string_view before, std::string_view after, std::string_view before_name,
                         std::string_view after_name);

}  // namespace lapstrake
