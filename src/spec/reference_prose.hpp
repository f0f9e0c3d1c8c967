// The parts of the reference page that no table of keys can say.
#pragma once
#include <string>

namespace lapstrake::spec {

std::string reference_opening();
std::string reference_rules();

}  // namespace lapstrake::spec
