// Renders the man page lapstrake(1).
#pragma once
#include <string>
#include <vector>

#include "command.hpp"

namespace lapstrake::cli {

// In the man(7) macros. The same for the same commands: it contains no date.
std::string man_page(const std::vector<Command>& commands);

}  // namespace lapstrake::cli
