// The order of package names in npm.
#pragma once
#include <string_view>

namespace lapstrake::packages::npm {

// Whether a comes before b for JavaScript's localeCompare in English: punctuation, digits, letters; capitals matter
// last (CLDR's root collation of ASCII).
bool is_before(std::string_view a, std::string_view b);

}  // namespace lapstrake::packages::npm
