// The rules that only AWS's reference states.
#pragma once
#include <string>
#include <vector>

namespace lapstrake::aws {

// The names of the rules that can be ignored, sorted.
std::vector<std::string> ignorable_rules();

}  // namespace lapstrake::aws
