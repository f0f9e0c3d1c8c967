#include "dependency_walk.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <map>
#include <utility>

namespace lapstrake::packages::pip {
namespace {

class GraphWalk {
 public:
  GraphWalk(const LockedPackages& locked, const MarkerEnvironment& environment)
      : locked_(locked), environment_(environment) {
    for (std::size_t i = 0; i < locked.packages.size(); ++i) {
      auto& entries = by_name_[locked.packages[i].name];
      entries.push_back(i);
      if (entries.size() > most_entries_of_a_name)
        throw Error(ErrorKind::usage, cat("`", printable(locked.file), "` has more than ", most_entries_of_a_name,
                                          " entries of `", printable(locked.packages[i].name), "`"));
    }
  }

  std::map<std::size_t, std::set<std::string>> from(std::size_t root, const std::set<std::string>& extras,
                                                    const std::set<std::string>& groups) {
    const auto& project = locked_.packages.at(root);
    sets_.extras = conflict_markers(project.name, extras, groups);
    visit(root, {});
    for (const auto& extra : extras) visit(root, extra);
    for (const auto& group : groups) follow(list_of(project.group_dependencies, group));
    while (!open_.empty()) {
      const auto [package, extra] = open_.back();
      open_.pop_back();
      const auto& next = locked_.packages[package];
      follow(extra.empty() ? next.dependencies : list_of(next.extra_dependencies, extra));
    }
    return std::move(reached_);
  }

 private:
  // Each dependency is compared with all entries of its name.
  static constexpr std::size_t most_entries_of_a_name = 100;

  // Where extras or groups exclude each other, uv writes the selected ones into markers as
  // `extra == 'extra-LENGTH-PROJECT-EXTRA'` (uv's crates/uv-resolver, universal markers).
  static std::set<std::string> conflict_markers(const std::string& project, const std::set<std::string>& extras,
                                                const std::set<std::string>& groups) {
    std::set<std::string> names{cat("project-", project.size(), "-", project)};
    for (const auto& extra : extras) names.insert(cat("extra-", project.size(), "-", project, "-", extra));
    for (const auto& group : groups) names.insert(cat("group-", project.size(), "-", project, "-", group));
    return names;
  }

  static const std::vector<Dependency>& list_of(const DependencyLists& lists, const std::string& name) {
    static const std::vector<Dependency> nothing;
    const auto found = lists.find(name);
    return found == lists.end() ? nothing : found->second;
  }

  void visit(std::size_t package, const std::string& extra) {
    auto& extras = reached_[package];
    if (!extra.empty()) extras.insert(extra);
    if (visited_.emplace(package, extra).second) open_.emplace_back(package, extra);
  }

  void follow(const std::vector<Dependency>& dependencies) {
    for (const auto& dependency : dependencies) {
      if (dependency.marker && !dependency.marker->holds(environment_, sets_)) continue;
      const auto target = package_of(dependency);
      visit(target, {});
      for (const auto& extra : dependency.extras) visit(target, extra);
    }
  }

  bool fits(const Dependency& dependency, const LockedPackage& package) const {
    if (dependency.version && dependency.version != package.version) return false;
    return !dependency.source || *dependency.source == package.source;
  }

  std::size_t package_of(const Dependency& dependency) const {
    std::vector<std::size_t> found;
    if (const auto entries = by_name_.find(dependency.name); entries != by_name_.end())
      for (const auto index : entries->second)
        if (fits(dependency, locked_.packages[index])) found.push_back(index);
    if (found.size() == 1) return found.front();
    throw Error(
        ErrorKind::usage,
        cat("`", printable(locked_.file), "` has ", found.empty() ? "no entry" : "several entries for the same version",
            " of the dependency `", printable(dependency.name), "`"),
        "run `uv lock` again");
  }

  const LockedPackages& locked_;
  const MarkerEnvironment& environment_;
  MarkerSets sets_;
  std::map<std::string, std::vector<std::size_t>> by_name_;
  std::map<std::size_t, std::set<std::string>> reached_;
  std::set<std::pair<std::size_t, std::string>> visited_;
  std::vector<std::pair<std::size_t, std::string>> open_;
};

}  // namespace

std::vector<ReachedPackage> reached_packages(const LockedPackages& locked, const MarkerEnvironment& environment,
                                             const std::set<std::string>& extras, const std::set<std::string>& groups) {
  const auto root = locked.root.value();
  std::vector<ReachedPackage> reached;
  for (auto& [index, requested] : GraphWalk(locked, environment).from(root, extras, groups))
    if (index != root) reached.push_back({.index = index, .extras = requested});
  return reached;
}

}  // namespace lapstrake::packages::pip
