// Why requests cannot be met, with what to write instead.
#pragma once
#include <set>
#include <string>
#include <vector>

#include "candidates.hpp"

namespace lapstrake::packages::deb {

// Error{usage}: a request that neither the sources nor the installed packages can meet; an excluded package that is
// requested or installed.
void expect_possible(const std::vector<Request>& requests, const ResolveOptions& options, const Candidates& candidates,
                     const std::set<std::string>& installed);

// `why`: the reasons of the solver.
[[noreturn]] void refuse_unsatisfiable(const std::vector<Request>& requests, const ResolveOptions& options,
                                       std::vector<std::string> why);

}  // namespace lapstrake::packages::deb
