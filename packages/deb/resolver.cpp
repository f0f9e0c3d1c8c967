#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/resolver.hpp>
#include <lapstrake/packages/deb/version.hpp>
#include <optional>
#include <set>

#include "candidates.hpp"
#include "preference_walk.hpp"
#include "request_errors.hpp"
#include "solv.hpp"
#include "solver_problems.hpp"
#include "solver_text.hpp"

namespace lapstrake::packages::deb {
namespace {

class Resolution {
 public:
  Resolution(const std::vector<const PackageIndex*>& indexes, std::string_view installed,
             const std::vector<Request>& requests, const ResolveOptions& options, const Candidates& candidates,
             Versions versions)
      : indexes_(indexes), requests_(requests), options_(options), candidates_(candidates), pool_(pool_create()) {
    pool_setdisttype(pool_.get(), DISTTYPE_DEB);
    pool_setarch(pool_.get(), options.architecture.c_str());
    load_installed(installed);
    expect_possible(requests, options, candidates, installed_);
    load(candidates.reachable(names_to_load(), versions));
    pool_createwhatprovides(pool_.get());
    find_others();
  }
  bool has_others() const { return !others_.empty(); }

  // Nothing if there is no solution; `why` then has the reasons.
  std::optional<std::vector<ChosenPackage>> run(std::vector<std::string>& why) {
    const auto roots = find_roots();
    solv::IdQueue jobs;
    add_jobs(jobs);
    std::vector<Id> first_choice;
    std::ranges::copy_if(roots, std::back_inserter(first_choice), [&](Id id) { return !is_other(id); });
    for (const auto id : preferred(pool_.get(), first_choice, preferences(), options_.recommends))
      jobs.push(SOLVER_FAVOR | SOLVER_SOLVABLE, id);
    const solv::SolverHandle solver(solver_create(pool_.get()));
    solver_set_flag(solver.get(), SOLVER_FLAG_IGNORE_RECOMMENDED, options_.recommends ? 0 : 1);
    if (solver_solve(solver.get(), jobs.get()) != 0) {
      why = reasons(solver.get());
      return std::nullopt;
    }
    return chosen(solver.get(), roots);
  }

 private:
  Pool* pool() const { return pool_.get(); }
  const Solvable& solvable(Id id) const { return pool_->solvables[id]; }
  std::string name(Id id) const { return solv::text_of(pool(), solvable(id).name); }
  std::string version(Id id) const { return solv::text_of(pool(), solvable(id).evr); }

  void load_installed(std::string_view status) {
    auto* repo = repo_create(pool(), "installed");
    solv::add_packages(repo, installed_solver_text(status));
    pool_set_installed(pool(), repo);
    for (Id id = repo->start; id < repo->end; ++id)
      if (solvable(id).repo == repo) installed_.insert(name(id));
  }

  std::vector<std::string> wanted_names() const {
    std::vector<std::string> out;
    for (const auto& request : requests_) out.push_back(request.name);
    if (options_.essential) std::ranges::move(candidates_.essential(), std::back_inserter(out));
    return out;
  }

  // Preferred packages may provide a name that is needed.
  std::vector<std::string> names_to_load() const {
    auto out = wanted_names();
    for (const auto* more : {&options_.prefer, &container_preferences()})
      out.insert(out.end(), more->begin(), more->end());
    return out;
  }

  void load(const std::vector<Candidate>& candidates) {
    std::map<const PackageIndex*, std::string> texts;
    for (const auto& one : candidates) {
      if (installed_.contains(std::string(one.name))) continue;  // it stays at its version
      texts[one.index] += solver_text(one.stanza);
      priorities_.emplace(one.name, one.priority);
    }
    // In the order of the sources: libsolv decides ties by the order of its packages.
    for (const auto* index : indexes_) {
      const auto text = texts.find(index);
      if (text == texts.end()) continue;
      auto* repo = repo_create(pool(), index->suite().c_str());
      repo->appdata = const_cast<PackageIndex*>(index);
      solv::add_packages(repo, text->second);
    }
  }

  // From the lowest to the highest version of each name.
  void find_others() {
    for (Id id = 2; id < pool_->nsolvables; ++id)
      if (solvable(id).repo != nullptr && solvable(id).repo != pool_->installed)
        if (const auto* candidate = candidates_.find(name(id));
            candidate != nullptr && candidate->version != version(id))
          others_.push_back(id);
    std::ranges::sort(others_, [&](Id a, Id b) {
      const auto order = name(a) <=> name(b);
      return order < 0 || (order == 0 && compare_versions(version(a), version(b)) < 0);
    });
  }
  bool is_other(Id id) const { return std::ranges::find(others_, id) != others_.end(); }

  // Requested and essential packages that are not installed.
  std::vector<Id> find_roots() const {
    const auto names = wanted_names();
    const std::set<std::string> wanted(names.begin(), names.end());
    std::vector<Id> out;
    for (Id id = 2; id < pool_->nsolvables; ++id)
      if (solvable(id).repo != nullptr && solvable(id).repo != pool_->installed && wanted.contains(name(id)))
        out.push_back(id);
    return out;
  }

  void add_jobs(solv::IdQueue& jobs) const {
    for (const auto& request : requests_) jobs.push(SOLVER_INSTALL | SOLVER_SOLVABLE_NAME, dependency_of(request));
    if (options_.essential)
      for (const auto& one : candidates_.essential())
        jobs.push(SOLVER_INSTALL | SOLVER_SOLVABLE_NAME, pool_str2id(pool(), one.c_str(), 1));
    for (const auto& one : options_.exclude)
      jobs.push(SOLVER_ERASE | SOLVER_SOLVABLE_NAME, pool_str2id(pool(), one.c_str(), 1));
    const auto* repo = pool_->installed;
    for (Id id = repo->start; id < repo->end; ++id)
      if (solvable(id).repo == repo) jobs.push(SOLVER_LOCK | SOLVER_SOLVABLE, id);
    // Forbidden as long as the candidates fit together: in a conflict, libsolv drops its last weak job, and solves
    // again.
    for (const auto id : others_) jobs.push(SOLVER_ERASE | SOLVER_SOLVABLE | SOLVER_WEAK, id);
  }

  Id dependency_of(const Request& request) const {
    const Id id = pool_str2id(pool(), request.name.c_str(), 1);
    if (request.relation.empty()) return id;
    int flags = 0;
    if (request.relation.starts_with('<')) flags |= REL_LT;
    if (request.relation.starts_with('>')) flags |= REL_GT;
    if (request.relation.ends_with('=')) flags |= REL_EQ;
    return pool_rel2id(pool(), id, pool_str2id(pool(), request.version.c_str(), 1), flags, 1);
  }

  Preferences preferences() const {
    return {.names = options_.prefer,
            .keep = options_.keep,
            .container = container_preferences(),
            .exclude = {options_.exclude.begin(), options_.exclude.end()},
            .priorities = priorities_,
            .others = {others_.begin(), others_.end()}};
  }

  std::vector<ChosenPackage> chosen(Solver* solver, const std::vector<Id>& roots) const {
    solv::IdQueue decisions;
    solver_get_decisionqueue(solver, decisions.get());
    std::set<Id> ids;
    for (int i = 0; i < decisions.size(); ++i)
      if (const Id id = decisions[i]; id > 1 && solvable(id).repo != pool_->installed) ids.insert(id);
    std::vector<ChosenPackage> out;
    for (const auto& [id, why] : with_reasons(ids, roots)) {
      const auto& one = solvable(id);
      const auto* index = static_cast<const PackageIndex*>(one.repo->appdata);
      auto package = index->find(name(id), version(id), solv::text_of(pool(), one.arch));
      if (!package) throw Error(ErrorKind::internal, cat("libsolv chose `", name(id), "`, which no index has"));
      out.push_back({.index = index, .package = std::move(*package), .why = why});
    }
    std::ranges::sort(out, {}, [](const ChosenPackage& one) { return one.package.name; });
    return out;
  }

  // Breadth first, so that the nearest package that needs it is the reason.
  std::map<Id, std::string> with_reasons(const std::set<Id>& ids, const std::vector<Id>& roots) const {
    std::map<Id, std::string> out;
    std::vector<Id> level;
    for (const auto id : roots)
      if (ids.contains(id)) out.emplace(id, is_requested(id) ? "requested" : "essential"), level.push_back(id);
    while (!level.empty()) {
      std::vector<Id> next;
      for (const auto id : level) add_needed(id, ids, out, next);
      level = std::move(next);
    }
    for (const auto id : ids) out.emplace(id, "recommended");
    return out;
  }

  bool is_requested(Id id) const { return std::ranges::find(requests_, name(id), &Request::name) != requests_.end(); }

  void add_needed(Id id, const std::set<Id>& ids, std::map<Id, std::string>& out, std::vector<Id>& next) const {
    auto one = solvable(id);
    if (one.dep_requires == 0) return;
    for (const Id* dependency = one.repo->idarraydata + one.dep_requires; *dependency != 0; ++dependency) {
      if (*dependency == SOLVABLE_PREREQMARKER) continue;
      for (Id at = pool_whatprovides(pool(), *dependency); pool_->whatprovidesdata[at] != 0; ++at)
        if (const Id needed = pool_->whatprovidesdata[at];
            ids.contains(needed) && out.emplace(needed, cat("needed by ", name(id))).second)
          next.push_back(needed);
    }
  }

  const std::vector<const PackageIndex*>& indexes_;
  const std::vector<Request>& requests_;
  const ResolveOptions& options_;
  const Candidates& candidates_;
  solv::PoolHandle pool_;
  std::set<std::string> installed_;
  std::map<std::string, Priority> priorities_;
  std::vector<Id> others_;  // versions that are not candidates
};

// A virtual package becomes the first package of `prefer` that provides it.
std::vector<Request> with_preferred_providers(std::vector<Request> requests, const ResolveOptions& options,
                                              const Candidates& candidates) {
  for (auto& request : requests) {
    if (candidates.find(request.name) != nullptr || !request.relation.empty()) continue;
    const auto providers = candidates.providers_of(request.name);
    for (const auto& name : options.prefer)
      if (std::ranges::find(providers, name) != providers.end()) {
        request.name = name;
        break;
      }
  }
  return requests;
}

}  // namespace

const std::vector<std::string>& container_preferences() {
  static const std::vector<std::string> names{"usr-is-merged", "systemd-standalone-tmpfiles",
                                              "systemd-standalone-sysusers", "mawk"};
  return names;
}

std::vector<ChosenPackage> resolve(const std::vector<const PackageIndex*>& indexes, std::string_view installed,
                                   const std::vector<Request>& requests, const ResolveOptions& options) {
  const Candidates candidates(indexes, options, requests);
  const auto wanted = with_preferred_providers(requests, options, candidates);
  std::vector<std::string> why;
  for (const auto versions : {Versions::candidates, Versions::with_others}) {
    Resolution resolution(indexes, installed, wanted, options, candidates, versions);
    if (versions == Versions::with_others && !resolution.has_others()) break;
    if (auto out = resolution.run(why)) return std::move(*out);
  }
  refuse_unsatisfiable(wanted, options, std::move(why));
}

}  // namespace lapstrake::packages::deb
