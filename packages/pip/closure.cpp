#include <algorithm>
#include <functional>
#include <iterator>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/closure.hpp>
#include <lapstrake/packages/pip/lock_file.hpp>
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

// The requirements of one project as one.
Requirement merged(const std::vector<Requirement>& requirements) {
  Requirement out{.name = requirements.front().name};
  std::vector<Specifier> specifiers;
  for (const auto& requirement : requirements) {
    if (!requirement.url.empty()) out.url = requirement.url;
    for (const auto& extra : requirement.extras)
      if (std::ranges::find(out.extras, extra) == out.extras.end()) out.extras.push_back(extra);
    for (const auto& specifier : requirement.specifiers.specifiers())
      if (std::ranges::find(specifiers, specifier) == specifiers.end()) specifiers.push_back(specifier);
  }
  if (out.url.empty()) out.specifiers = SpecifierSet(std::move(specifiers));
  return out;
}

std::string line_to_add(const std::vector<Requirement>& requirements, const VersionToAdd& version_to_add) {
  auto line = merged(requirements);
  const auto added = line.url.empty() && version_to_add ? version_to_add(requirements) : std::nullopt;
  if (!added) return line.text_without_marker();
  line.specifiers = SpecifierSet({{.op = VersionOperator::equal, .version = added->version}});
  auto out = line.text_without_marker();
  for (const auto& checksum : added->checksums) out += cat(" --hash=", checksum.text());
  return out;
}

// How to complete a list that a tool writes.
std::string help_for(std::string_view lock_name, const std::vector<MissingRequirement>& missing,
                     const VersionToAdd& version_to_add) {
  const auto format = lock_format_of(lock_name);
  if (format == LockFormat::uv) return "write it again with `uv lock`";
  if (format == LockFormat::poetry) return "write it again with `poetry lock`";
  if (format == LockFormat::pylock) return "write it again with the tool that made it, for example `uv export`";
  const auto lines = lines_to_add(missing, version_to_add);
  const auto mismatches = std::ranges::count_if(missing, &MissingRequirement::is_version_mismatch);
  const auto action = mismatches == 0 ? "add" : mismatches == std::ssize(missing) ? "change" : "add or change";
  return cat(action, lines.size() == 1 ? " this line" : " these lines", mismatches == 0 ? " to " : " in ", lock_name,
             ":\n", join(lines, "\n"), "\nor write a complete list with `uv pip compile` or `pip freeze`");
}

}  // namespace

std::vector<MissingRequirement> missing_requirements(const std::vector<ListedPackage>& packages,
                                                     const std::vector<RootRequirement>& roots,
                                                     const MarkerEnvironment& environment) {
  return Closure(packages, roots, environment).missing();
}

std::vector<std::string> lines_to_add(const std::vector<MissingRequirement>& missing,
                                      const VersionToAdd& version_to_add) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<Requirement>> by_name;
  for (const auto& one : missing) {
    auto& requirements = by_name[normalized_name(one.requirement.name)];
    if (requirements.empty()) order.push_back(normalized_name(one.requirement.name));
    requirements.push_back(one.requirement);
  }
  std::vector<std::string> out;
  for (const auto& name : order) out.push_back(line_to_add(by_name[name], version_to_add));
  return out;
}

std::string sentence(const MissingRequirement& missing, std::string_view lock_name) {
  const auto need = printable(missing.requirement.text_without_marker(), 200);
  if (!missing.is_version_mismatch())
    return cat(missing.needed_by, " needs ", need, ", which ", lock_name, " does not list");
  return cat(missing.needed_by, " needs ", need, ", but ", lock_name, " lists version ", missing.present->text());
}

void expect_complete(const std::vector<MissingRequirement>& missing, std::string_view lock_name,
                     const VersionToAdd& version_to_add) {
  if (missing.empty()) return;
  std::vector<std::string> sentences;
  for (const auto& one : missing) sentences.push_back(sentence(one, lock_name));
  const auto help = help_for(lock_name, missing, version_to_add);
  if (sentences.size() == 1) throw Error(ErrorKind::usage, sentences.front(), help);
  throw Error(ErrorKind::usage, cat(lock_name, " does not satisfy ", missing.size(), " requirements of its packages"),
              help)
      .because(join(sentences, "\n"));
}

}  // namespace lapstrake::packages::pip
