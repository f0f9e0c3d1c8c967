// Which packages apt would choose if nothing conflicted: the first alternative before the others, the real package
// before one that provides its name.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "candidates.hpp"
#include "solv.hpp"

namespace lapstrake::packages::deb {

struct Preferences {
  std::vector<std::string> names;              // preferred to all others, the first one most
  std::map<std::string, std::string> keep;     // then packages of the lock
  std::vector<std::string> container;          // then these
  std::set<std::string> exclude;               // never
  std::map<std::string, Priority> priorities;  // of candidates
  std::set<Id> others;                         // versions that are not candidates: only if there is no candidate
};

// The solvables that a walk from `roots` visits, with their dependencies. Installed packages are not visited.
std::vector<Id> preferred(Pool* pool, const std::vector<Id>& roots, const Preferences& preferences, bool recommends);

}  // namespace lapstrake::packages::deb
