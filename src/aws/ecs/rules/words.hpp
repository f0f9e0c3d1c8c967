// The form of names and values in task definitions.
#pragma once
#include <string>
#include <string_view>

namespace lapstrake::aws {

// An unfilled placeholder: "<aws_account_id>"; empty if there is none.
std::string placeholder_in(std::string_view text);
// Whether all bytes of a text that is not empty are letters, digits or in `others`.
bool is_word(std::string_view text, std::string_view others);

}  // namespace lapstrake::aws
