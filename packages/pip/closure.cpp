#include <algorithm>
#include <functional>
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
      : packages_(packages), roots_(roots), environment_(environment), needs_by_extra_(packages.size()) {
    for (std::size_t i = 0; i < packages.size(); ++i) {
      places_[normalized_name(packages[i].name)].push_back(i);
      for (std::size_t k = 0; k < packages[i].needs.size(); ++k)
        if (const auto& marker = packages[i].needs[k].marker)
          for (const auto& extra : marker->extras()) needs_by_extra_[i][extra].push_back(k);
    }
    follow_extras();
  }

  std::vector<MissingRequirement> missing() {
    for_each_root([&](const RootRequirement& root) { check(root.requirement, root.where); });
    for (const auto& package : packages_)
      for (const auto& need : package.needs)
        if (holds(need, package)) check(need, shown(package));
    return std::move(out_);
  }

 private:
  bool holds(const Requirement& requirement, const MarkerSets& sets) const {
    return !requirement.marker || requirement.marker->holds(environment_, sets);
  }

  bool holds(const Requirement& need, const ListedPackage& package) {
    try {
      return holds(need, sets_[normalized_name(package.name)]);
    } catch (Error& error) {
      error.during(cat("reading the requirements of ", shown(package)));
      throw;
    }
  }

  template <class Act>
  void for_each_root(Act&& act) const {
    for (const auto& root : roots_)
      if (step(cat("reading ", root.where), [&] { return holds(root.requirement, MarkerSets{}); })) act(root);
  }

  void activate(const std::string& name, const std::vector<std::string>& extras) {
    if (extras.empty()) return;
    const auto normal = normalized_name(name);
    auto& active = sets_[normal].extras;
    for (const auto& extra : extras)
      if (const auto [added, is_new] = active.insert(normalized_name(extra)); is_new)
        waiting_.emplace_back(normal, *added);
  }

  // The extras of one package may activate those of others, in circles too. Ends, because sets only grow. Only the
  // requirements that mention a new extra are read again: the time does not grow with the square of their number.
  void follow_extras() {
    for (const auto& package : packages_) activate(package.name, package.extras);
    for_each_root([&](const RootRequirement& root) { activate(root.requirement.name, root.requirement.extras); });
    for (const auto& package : packages_)
      for (const auto& need : package.needs) follow(need, package);
    while (!waiting_.empty()) {
      const auto next = std::move(waiting_.back());
      waiting_.pop_back();
      follow_extra(next.first, next.second);
    }
  }

  void follow_extra(const std::string& name, const std::string& extra) {
    const auto places = places_.find(name);
    if (places == places_.end()) return;
    for (const auto place : places->second)
      if (const auto needs = needs_by_extra_[place].find(extra); needs != needs_by_extra_[place].end())
        for (const auto k : needs->second) follow(packages_[place].needs[k], packages_[place]);
  }

  void follow(const Requirement& need, const ListedPackage& package) {
    if (!need.extras.empty() && holds(need, package)) activate(need.name, need.extras);
  }

  void check(const Requirement& need, const std::string& needed_by) {
    const auto found = places_.find(normalized_name(need.name));
    MissingRequirement missing{.requirement = need, .needed_by = needed_by};
    if (found != places_.end()) {
      for (const auto place : found->second)
        if (!need.url.empty() || need.specifiers.contains(packages_[place].version, PreReleases::allow)) return;
      missing.present = packages_[found->second.front()].version;
    }
    if (seen_.emplace(needed_by, need.text_without_marker()).second) out_.push_back(std::move(missing));
  }

  const std::vector<ListedPackage>& packages_;
  const std::vector<RootRequirement>& roots_;
  const MarkerEnvironment& environment_;
  std::map<std::string, std::vector<std::size_t>> places_;  // in packages_, by normalised name
  std::vector<std::map<std::string, std::vector<std::size_t>, std::less<>>> needs_by_extra_;  // of each package
  std::map<std::string, MarkerSets> sets_;                    // the active extras, by normalised name
  std::vector<std::pair<std::string, std::string>> waiting_;  // a name and a new extra
  std::vector<MissingRequirement> out_;
  std::set<std::pair<std::string, std::string>> seen_;  // who needs it, and what
};

// Each line once: several packages may need the same.
std::vector<std::string> lines_to_add(const std::vector<MissingRequirement>& missing) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  for (const auto& one : missing)
    if (auto line = line_to_add(one); seen.insert(line).second) out.push_back(std::move(line));
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
