#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/select.hpp>

#include "optional_set.hpp"
#include "places.hpp"

namespace lapstrake::packages::npm {
namespace {

std::string shown(const LockedPackage& package) {
  return cat("`", printable(package.name, 214), "`", package.version.empty() ? "" : " ",
             printable(package.version, 80));
}

bool is_omitted(const LockedPackage& package, const SelectOptions& options) {
  return (package.peer && options.omit_peer) || (package.dev && options.omit_dev) ||
         (package.optional && options.omit_optional) ||
         (package.dev_optional && options.omit_dev && options.omit_optional);
}

[[noreturn]] void refuse_platform(const LockedPackage& package, const Target& target) {
  std::vector<std::string> lists;
  for (const auto& [name, list] : {std::pair("os", &package.os), {"cpu", &package.cpu}, {"libc", &package.libc}})
    if (!list->empty()) lists.push_back(cat(name, ": ", printable(join(*list, ", "), 200)));
  throw Error(ErrorKind::usage,
              cat("the package ", shown(package), " is required, but does not support ", target.os, "/", target.cpu,
                  " with ", target.libc),
              "make it an optional dependency, or remove this platform from `platforms:`")
      .because(cat("it has ", join(lists, "; "), " (", printable(package.place, 400), ")"));
}

void check_link(const LockedPackage& package) {
  const auto target = normal_path({}, package.resolved);
  if (package.resolved.starts_with('/') || target == ".." || target.starts_with("../"))
    throw Error(ErrorKind::usage,
                cat("the package ", shown(package), " is a link to `", printable(package.resolved, 300),
                    "`, which is outside of the folder of the lock file"),
                "make the folder a workspace of the project, or publish the package");
  if (!target.empty() && !flaw_of_place(target).empty())
    throw Error(ErrorKind::usage, cat("the package ", shown(package), " is a link to `",
                                      printable(package.resolved, 300), "`, which ", flaw_of_place(target)));
}

class Selector {
 public:
  Selector(const LockFile& lock, const SelectOptions& options)
      : lock_(lock), options_(options), reasons_(lock.packages.size()) {}

  Selection run() {
    for (std::size_t i = 0; i < reasons_.size(); ++i) judge(i);
    const auto gone = optional_set(lock_, failed_);
    for (std::size_t i = 0; i < reasons_.size(); ++i)
      if (gone[i] && !reasons_[i]) reasons_[i] = SkipReason::needed_by_skipped;
    Selection out;
    for (std::size_t i = 0; i < reasons_.size(); ++i) {  // a package sorts before those inside of it
      const auto& package = lock_.packages[i];
      if (!package.is_in_node_modules()) continue;
      if (!reasons_[i] && is_inside_skipped(package)) reasons_[i] = SkipReason::inside_skipped;
      if (reasons_[i]) {
        out.skipped.push_back({.place = package.place, .reason = *reasons_[i]});
        continue;
      }
      out.packages.push_back(package);
      if (package.link) finish_link(out.packages.back());
    }
    return out;
  }

 private:
  void judge(std::size_t i) {
    const auto& package = lock_.packages[i];
    if (!package.is_in_node_modules()) return;
    if (package.extraneous) reasons_[i] = SkipReason::extraneous;
    if (!reasons_[i] && is_omitted(package, options_)) reasons_[i] = SkipReason::omitted;
    const bool fits = admits(package, options_.target);
    // Also when it is omitted: packages that only it needs are not needed either.
    if (package.optional && (!fits || options_.failed.contains(package.place))) {
      failed_.push_back(i);
      if (!reasons_[i]) reasons_[i] = SkipReason::other_platform;
    }
    if (!reasons_[i] && !fits && !package.in_bundle) refuse_platform(package, options_.target);
  }

  // npm makes the commands of a workspace available too.
  void finish_link(LockedPackage& package) const {
    check_link(package);
    if (const auto* target = lock_.find(normal_path({}, package.resolved))) package.bin = target->bin;
  }

  bool is_inside_skipped(const LockedPackage& package) const {
    const auto around = package_around(package.place);
    const auto found = std::ranges::lower_bound(lock_.packages, around, {}, &LockedPackage::place);
    if (around.empty() || found == lock_.packages.end() || found->place != around) return false;
    return reasons_[static_cast<std::size_t>(found - lock_.packages.begin())].has_value();
  }

  const LockFile& lock_;
  const SelectOptions& options_;
  std::vector<std::optional<SkipReason>> reasons_;
  std::vector<std::size_t> failed_;
};

}  // namespace

std::string cpu_of(std::string_view architecture) {
  if (architecture == "amd64") return "x64";
  if (architecture == "386") return "ia32";
  if (architecture == "ppc64le") return "ppc64";
  return std::string(architecture);
}

SelectOptions select_options(Target target, const std::vector<std::string>& omit) {
  SelectOptions out{.target = std::move(target), .omit_dev = false};
  for (const auto& word : omit) {
    if (word != "dev" && word != "optional" && word != "peer")
      throw Error(ErrorKind::usage, cat("`omit:` of an npm step cannot be `", printable(word, 80), "`"),
                  "write a list of `dev`, `optional` and `peer`");
    (word == "dev" ? out.omit_dev : word == "optional" ? out.omit_optional : out.omit_peer) = true;
  }
  return out;
}

bool admits(const std::vector<std::string>& list, std::string_view value) {
  if (list.empty() || (list.size() == 1 && list.front() == "any")) return true;
  bool has_positive = false, matches = false;
  for (const auto& word : list) {
    if (word.starts_with('!')) {
      if (std::string_view(word).substr(1) == value) return false;
    } else {
      has_positive = true;
      matches = matches || word == value;
    }
  }
  return matches || !has_positive;
}

bool admits(const LockedPackage& package, const Target& target) {
  return admits(package.os, target.os) && admits(package.cpu, target.cpu) && admits(package.libc, target.libc);
}

const LockedPackage* Selection::find(std::string_view place) const {
  const auto found = std::ranges::lower_bound(packages, place, {}, &LockedPackage::place);
  return found != packages.end() && found->place == place ? &*found : nullptr;
}

Selection select(const LockFile& lock, const SelectOptions& options) { return Selector(lock, options).run(); }

}  // namespace lapstrake::packages::npm
