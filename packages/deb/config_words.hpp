// The words of a line of sysusers.d(5) and tmpfiles.d(5).
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb {

// Separated by blanks; "..." and '...' keep blanks, `\` makes the next character literal.
std::vector<std::string> config_words(std::string_view line);

}  // namespace lapstrake::packages::deb
