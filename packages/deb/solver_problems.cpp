#include "solver_problems.hpp"

#include <algorithm>

namespace lapstrake::packages::deb {
namespace {

std::string package_text(Pool* pool, Id id) {
  const auto& solvable = pool->solvables[id];
  return cat("`", solv::text_of(pool, solvable.name), "` ", solv::text_of(pool, solvable.evr));
}

std::string dependency_in_quotes(Pool* pool, Id dependency) {
  return cat("`", printable(solv::dependency_text(pool, dependency), 400), "`");
}

std::string reason_of(Solver* solver, Id rule) {
  Pool* pool = solver->pool;
  Id source = 0, target = 0, dependency = 0;
  switch (solver_ruleinfo(solver, rule, &source, &target, &dependency)) {
    case SOLVER_RULE_PKG_NOTHING_PROVIDES_DEP:
      return cat(package_text(pool, source), " needs ", dependency_in_quotes(pool, dependency),
                 ", which no package provides");
    case SOLVER_RULE_PKG_REQUIRES:
      return cat(package_text(pool, source), " needs ", dependency_in_quotes(pool, dependency));
    case SOLVER_RULE_PKG_CONFLICTS:
      return cat(package_text(pool, source), " conflicts with ", package_text(pool, target));
    case SOLVER_RULE_PKG_SELF_CONFLICT: return cat(package_text(pool, source), " conflicts with itself");
    case SOLVER_RULE_PKG_SAME_NAME:
      return cat("only one version of a package can be installed: ", package_text(pool, source), " or ",
                 package_text(pool, target));
    case SOLVER_RULE_JOB_NOTHING_PROVIDES_DEP: return cat("no package ", dependency_in_quotes(pool, dependency));
    default: return {};
  }
}

}  // namespace

std::vector<std::string> reasons(Solver* solver) {
  std::vector<std::string> out;
  const auto count = static_cast<int>(solver_problem_count(solver));
  for (int problem = 1; problem <= count; ++problem) {
    solv::IdQueue rules;
    solver_findallproblemrules(solver, problem, rules.get());
    for (int i = 0; i < rules.size(); ++i)
      if (auto text = reason_of(solver, rules[i]); !text.empty() && std::ranges::find(out, text) == out.end())
        out.push_back(std::move(text));
  }
  return out;
}

}  // namespace lapstrake::packages::deb
