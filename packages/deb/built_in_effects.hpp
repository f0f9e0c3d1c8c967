// effects.deb822 as part of the program (CMakeLists.txt).
#pragma once
#include <string_view>

namespace lapstrake::packages::deb {

extern const std::string_view built_in_effects;

}  // namespace lapstrake::packages::deb
