#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/closure.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <map>
#include <set>
#include <utility>

namespace lapstrake::packages::pip {
namespace {

std::string shown(const ListedPackage& package) { return cat(package.name, " ", package.version.text()); }

class Closure {
 public:
  Closure(const std::vector<ListedPackage>& packages, const std::vector<RootRequirement>& roots,
          const MarkerEnvironment& environment)
      : packages_(packages), roots_(roots), environment_(environment) {
    for (std::size_t i = 0; i < packages.size(); ++i) {
      places_[normalized_name(packages[i].name)].push_back(i);
      activate(packages[i].name, packages[i].extras);
    }
    for (const auto& root : roots_)
      if (holds(root.requirement, {}, root.where)) activate(root.requirement.name, root.requirement.extras);
    follow_extras();
  }

  std::vector<MissingRequirement> missing() const {
    std::vector<MissingRequirement> out;
    for (const auto& root : roots_)
      if (holds(root.requirement, {}, root.where)) check(root.requirement, root.where, out);
    for (const auto& package : packages_)
      for_each_need(package, [&](const Requirement& need) { check(need, shown(package), out); });
    return out;
  }

 private:
  bool holds(const Requirement& requirement, const MarkerSets& sets, const std::string& of) const {
    if (!requirement.marker) return true;
    return step(cat("reading the requirements of ", of), [&] { return requirement.marker->holds(environment_, sets); });
  }

  template <class Act>
  void for_each_need(const ListedPackage& package, Act&& act) const {
    MarkerSets sets;
    if (const auto found = extras_.find(normalized_name(package.name)); found != extras_.end())
      sets.extras = found->second;
    for (const auto& need : package.needs)
      if (holds(need, sets, shown(package))) act(need);
  }

  void activate(const std::string& name, const std::vector<std::string>& extras) {
    const auto normal = normalized_name(name);
    auto& active = extras_[normal];
    const auto before = active.size();
    for (const auto& extra : extras) active.insert(normalized_name(extra));
    if (active.size() != before) changed_.insert(normal);
  }

  // The extras of one package may activate those of others, in circles too. Ends, because sets only grow.
  void follow_extras() {
    for (const auto& package : packages_)
      for_each_need(package, [&](const Requirement& need) { activate(need.name, need.extras); });
    while (!changed_.empty()) {
      const auto name = *changed_.begin();
      changed_.erase(changed_.begin());
      const auto found = places_.find(name);
      if (found == places_.end()) continue;
      for (const auto place : found->second)
        for_each_need(packages_[place], [&](const Requirement& need) { activate(need.name, need.extras); });
    }
  }

  void check(const Requirement& need, const std::string& needed_by, std::vector<MissingRequirement>& out) const {
    const auto found = places_.find(normalized_name(need.name));
    MissingRequirement missing{.requirement = need, .needed_by = needed_by};
    if (found != places_.end()) {
      for (const auto place : found->second)
        if (!need.url.empty() || need.specifiers.contains(packages_[place].version, PreReleases::allow)) return;
      missing.present = packages_[found->second.front()].version;
    }
    const auto is_same = [&](const MissingRequirement& other) {
      return other.needed_by == needed_by && other.requirement.text_without_marker() == need.text_without_marker();
    };
    if (std::ranges::none_of(out, is_same)) out.push_back(std::move(missing));
  }

  const std::vector<ListedPackage>& packages_;
  const std::vector<RootRequirement>& roots_;
  const MarkerEnvironment& environment_;
  std::map<std::string, std::vector<std::size_t>> places_;  // by normalised name
  std::map<std::string, std::set<std::string>> extras_;
  std::set<std::string> changed_;  // names with extras that were not followed yet
};

// Each line once: several packages may need the same.
std::vector<std::string> lines_to_add(const std::vector<MissingRequirement>& missing) {
  std::vector<std::string> out;
  for (const auto& one : missing)
    if (auto line = line_to_add(one); std::ranges::find(out, line) == out.end()) out.push_back(std::move(line));
  return out;
}

}  // namespace

std::vector<MissingRequirement> missing_requirements(const std::vector<ListedPackage>& packages,
                                                     const std::vector<RootRequirement>& roots,
                                                     const MarkerEnvironment& environment) {
  return Closure(packages, roots, environment).missing();
}

std::string line_to_add(const MissingRequirement& missing, const std::optional<Version>& known) {
  auto line = missing.requirement;
  if (known && line.url.empty() && line.specifiers.contains(*known, PreReleases::allow))
    line.specifiers = SpecifierSet({{.op = VersionOperator::equal, .version = *known}});
  return line.text_without_marker();
}

std::string sentence(const MissingRequirement& missing, std::string_view lock_name) {
  const auto need = printable(missing.requirement.text_without_marker(), 200);
  if (!missing.is_version_mismatch())
    return cat(missing.needed_by, " needs ", need, ", which ", lock_name, " does not list");
  return cat(missing.needed_by, " needs ", need, ", but ", lock_name, " lists version ", missing.present->text());
}

void expect_complete(const std::vector<MissingRequirement>& missing, std::string_view lock_name) {
  if (missing.empty()) return;
  std::vector<std::string> sentences;
  for (const auto& one : missing) sentences.push_back(sentence(one, lock_name));
  const bool has_mismatch = std::ranges::any_of(missing, &MissingRequirement::is_version_mismatch);
  const auto help =
      cat(has_mismatch ? "add or change these lines in " : "add these lines to ", lock_name, ":\n",
          join(lines_to_add(missing), "\n"), "\nor write a complete list with `uv pip compile` or `pip freeze`");
  if (sentences.size() == 1) throw Error(ErrorKind::usage, sentences.front(), help);
  throw Error(ErrorKind::usage, cat(lock_name, " does not satisfy ", missing.size(), " requirements of its packages"),
              help)
      .because(join(sentences, "\n"));
}

}  // namespace lapstrake::packages::pip
