// The patterns of fault scripts, and of tags in ECR's settings.
#pragma once
#include <string_view>

namespace lapstrake::sandbox {

// `*` matches any characters, `/` too; no other character is special.
bool matches(std::string_view glob, std::string_view text);

}  // namespace lapstrake::sandbox
