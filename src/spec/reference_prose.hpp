// The parts of the reference page that are not generated from the table of keys.
#pragma once
#include <string>

namespace lapstrake::spec {

std::string reference_opening();
std::string reference_rules();

}  // namespace lapstrake::spec
