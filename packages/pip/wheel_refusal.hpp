// Why no wheel of a version fits.
#pragma once
#include <lapstrake/packages/pip/tags.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::pip {

// Throws the Error{usage} of choose_wheel().
[[noreturn]] void refuse_choice(std::string_view name, std::string_view version,
                                const std::vector<std::string>& file_names, const Target& target);

}  // namespace lapstrake::packages::pip
