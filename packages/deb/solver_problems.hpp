// Why libsolv finds no solution, in plain words.
#pragma once
#include <string>
#include <vector>

#include "solv.hpp"

namespace lapstrake::packages::deb {

// Sentences without a full stop, each once; if there are many, the first causes, and how many more there are.
std::vector<std::string> reasons(Solver* solver);

}  // namespace lapstrake::packages::deb
