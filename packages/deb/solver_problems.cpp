#include "solver_problems.hpp"

#include <algorithm>
#include <set>

namespace lapstrake::packages::deb {
namespace {

std::string package_text(Pool* pool, Id id) {
  const auto& solvable = pool->solvables[id];
  return cat("`", solv::text_of(pool, solvable.name), "` ", solv::text_of(pool, solvable.evr));
}

std::string dependency_in_quotes(Pool* pool, Id dependency) {
  return cat("`", printable(solv::dependency_text(pool, dependency), 400), "`");
}

struct Reason {
  std::string text = {};
  bool is_cause = false;  // not only a dependency on the way to it
};

Reason reason_of(Solver* solver, Id rule) {
  Pool* pool = solver->pool;
  Id source = 0, target = 0, dependency = 0;
  switch (solver_ruleinfo(solver, rule, &source, &target, &dependency)) {
    case SOLVER_RULE_PKG_NOTHING_PROVIDES_DEP:
      return {cat(package_text(pool, source), " needs ", dependency_in_quotes(pool, dependency),
                  ", which no package provides"),
              true};
    case SOLVER_RULE_PKG_REQUIRES:
      return {cat(package_text(pool, source), " needs ", dependency_in_quotes(pool, dependency)), false};
    case SOLVER_RULE_PKG_CONFLICTS:
      return {cat(package_text(pool, source), " conflicts with ", package_text(pool, target)), true};
    case SOLVER_RULE_PKG_SELF_CONFLICT: return {cat(package_text(pool, source), " conflicts with itself"), true};
    case SOLVER_RULE_PKG_SAME_NAME:
      return {cat("only one version of a package can be installed: ", package_text(pool, source), " or ",
                  package_text(pool, target)),
              true};
    case SOLVER_RULE_JOB_NOTHING_PROVIDES_DEP:
      return {cat("no package ", dependency_in_quotes(pool, dependency)), true};
    default: return {};
  }
}

// Each once, in libsolv's order.
std::vector<Reason> all_reasons(Solver* solver) {
  std::vector<Reason> out;
  std::set<std::string> seen;
  const auto count = static_cast<int>(solver_problem_count(solver));
  for (int problem = 1; problem <= count; ++problem) {
    solv::IdQueue rules;
    solver_findallproblemrules(solver, problem, rules.get());
    for (int i = 0; i < rules.size(); ++i)
      if (auto reason = reason_of(solver, rules[i]); !reason.text.empty() && seen.insert(reason.text).second)
        out.push_back(std::move(reason));
  }
  return out;
}

}  // namespace

std::vector<std::string> reasons(Solver* solver) {
  constexpr std::size_t listed = 12;
  auto all = all_reasons(solver);
  const auto more = all.size() > listed ? all.size() - listed : 0;
  if (more > 0) std::stable_partition(all.begin(), all.end(), [](const Reason& reason) { return reason.is_cause; });
  std::vector<std::string> out;
  for (std::size_t i = 0; i + more < all.size(); ++i) out.push_back(std::move(all[i].text));
  if (more > 0) out.push_back(count_of(more, "more reason"));
  return out;
}

}  // namespace lapstrake::packages::deb
