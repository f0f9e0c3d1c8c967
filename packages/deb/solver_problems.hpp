// Why libsolv finds no solution, in plain words.
#pragma once
#include <string>
#include <vector>

#include "solv.hpp"

namespace lapstrake::packages::deb {

// Sentences without a full stop, each once.
std::vector<std::string> reasons(Solver* solver);

}  // namespace lapstrake::packages::deb
