#include "preference_walk.hpp"

#include <algorithm>
#include <lapstrake/packages/deb/version.hpp>

namespace lapstrake::packages::deb {
namespace {

class Walk {
 public:
  Walk(Pool* pool, const Preferences& preferences, bool recommends)
      : pool_(pool), preferences_(preferences), recommends_(recommends) {}

  std::vector<Id> run(const std::vector<Id>& roots) {
    for (const auto root : roots) visited_.insert(root);
    for (const auto root : roots) follow(root);
    while (!queue_.empty()) {
      const auto next = queue_.back();
      queue_.pop_back();
      follow(next);
    }
    return {visited_.begin(), visited_.end()};
  }

 private:
  const Solvable& solvable(Id id) const { return pool_->solvables[id]; }
  std::string name(Id id) const { return solv::text_of(pool_, solvable(id).name); }

  void follow(Id id) {
    auto one = solvable(id);
    follow_all(one.repo, one.dep_requires);
    if (recommends_) follow_all(one.repo, one.dep_recommends);
  }

  void follow_all(Repo* repo, Offset at) {
    if (at == 0) return;
    std::vector<Id> chosen;
    for (const Id* dependency = repo->idarraydata + at; *dependency != 0; ++dependency)
      if (*dependency != SOLVABLE_PREREQMARKER)
        if (const auto best = choice(*dependency); best != 0) chosen.push_back(best);
    // Depth first, in the order of the field.
    for (auto one = chosen.rbegin(); one != chosen.rend(); ++one) queue_.push_back(*one);
  }

  // `a | b` is a tree of relations.
  void add_alternatives(Id dependency, std::vector<Id>& to) const {
    if (ISRELDEP(dependency)) {
      const auto* relation = GETRELDEP(pool_, dependency);
      if (relation->flags == REL_OR) {
        add_alternatives(relation->name, to);
        add_alternatives(relation->evr, to);
        return;
      }
    }
    to.push_back(dependency);
  }

  template <class Each>
  void for_each_provider(Id dependency, Each&& each) const {
    for (Id at = pool_whatprovides(pool_, dependency); pool_->whatprovidesdata[at] != 0; ++at)
      if (const Id id = pool_->whatprovidesdata[at]; !preferences_.exclude.contains(name(id))) each(id);
  }

  // What is to be installed for a dependency; 0 if there is something already, or nothing.
  Id choice(Id dependency) {
    std::vector<Id> alternatives;
    add_alternatives(dependency, alternatives);
    bool is_met = false;
    for (const auto alternative : alternatives)
      for_each_provider(alternative, [&](Id id) {
        is_met = is_met || visited_.contains(id) || solvable(id).repo == pool_->installed;
      });
    if (is_met) return 0;
    auto best = choice_among(alternatives, Versions::candidates);
    if (best == 0) best = choice_among(alternatives, Versions::with_others);
    if (best != 0) visited_.insert(best);
    return best;
  }

  Id choice_among(const std::vector<Id>& alternatives, Versions versions) const {
    std::vector<std::vector<Id>> providers;
    for (const auto alternative : alternatives)
      for_each_provider(alternative, [&, &out = providers.emplace_back()](Id id) {
        if (versions == Versions::with_others || !preferences_.others.contains(id)) out.push_back(id);
      });
    std::vector<Id> all;
    for (const auto& ids : providers) all.insert(all.end(), ids.begin(), ids.end());
    auto best = preferred_of(all);
    for (std::size_t i = 0; best == 0 && i < alternatives.size(); ++i)
      best = best_of(providers[i], name_of_dependency(alternatives[i]));
    return best;
  }

  Id preferred_of(const std::vector<Id>& ids) const {
    const auto first_of = [&](const std::vector<std::string>& names) -> Id {
      for (const auto& wanted : names)
        for (const auto id : ids)
          if (name(id) == wanted) return id;
      return 0;
    };
    if (const auto id = first_of(preferences_.names); id != 0) return id;
    for (const auto id : ids)
      if (preferences_.keep.contains(name(id))) return id;
    return first_of(preferences_.container);
  }

  std::string name_of_dependency(Id dependency) const {
    while (ISRELDEP(dependency)) dependency = GETRELDEP(pool_, dependency)->name;
    return solv::text_of(pool_, dependency);
  }

  Id best_of(const std::vector<Id>& ids, const std::string& real) const {
    const auto rank = [&](Id id) {
      const auto found = preferences_.priorities.find(name(id));
      return std::tuple(name(id) != real, found == preferences_.priorities.end() ? Priority::extra : found->second,
                        name(id));
    };
    const auto is_newer = [&](Id a, Id b) {
      return compare_versions(solv::text_of(pool_, solvable(a).evr), solv::text_of(pool_, solvable(b).evr)) > 0;
    };
    Id best = 0;
    for (const auto id : ids)
      if (best == 0 || rank(id) < rank(best) || (rank(id) == rank(best) && is_newer(id, best))) best = id;
    return best;
  }

  Pool* pool_;
  const Preferences& preferences_;
  bool recommends_;
  std::set<Id> visited_;
  std::vector<Id> queue_;
};

}  // namespace

std::vector<Id> preferred(Pool* pool, const std::vector<Id>& roots, const Preferences& preferences, bool recommends) {
  return Walk(pool, preferences, recommends).run(roots);
}

}  // namespace lapstrake::packages::deb
