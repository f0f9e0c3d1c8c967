// `lapstrake lock` for a `pip:` step.
#include <algorithm>
#include <lapstrake/app/packages/pip_step.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/closure.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/package_selection.hpp>

#include "pip_inputs.hpp"
#include "pip_version_to_add.hpp"
#include "pip_wheels.hpp"

namespace lapstrake::app {
namespace {

namespace pip = packages::pip;

class PipLocking {
 public:
  PipLocking(const PackageRun& run, const oci::Pip& step, const pip::Target& target)
      : run_(run),
        step_(step),
        target_(target),
        index_(run, step.source),
        environment_(pip::marker_environment(target)) {}

  packages::LockedInstall run() {
    const auto locked = read_python_lock(run_, step_);
    for (const auto& note : locked.notes) notify(note);
    const auto selected = selected_packages(locked, step_, target_);
    for (const auto& note : selected.notes) notify(note);
    choose(selected.packages);
    const bool with_hashes =
        std::ranges::any_of(selected.packages, [](const auto& package) { return !package.checksums.empty(); });
    pip::expect_complete(pip::missing_requirements(listed_, {}, environment_), step_.lock,
                         [&](std::vector<pip::Requirement> wanted) {
                           add_other_requirements(wanted);
                           return version_to_add(index_, wanted, target_, with_hashes);
                         });
    packages::LockedInstall out{
        .name = install_name(step_, target_), .inputs = digest_of_inputs(run_, locked), .files = files_with_reasons()};
    std::ranges::sort(out.files, {}, &packages::LockedFile::name);
    return out;
  }

 private:
  void notify(const std::string& text) const {
    run_.context.report.progress({.kind = Event::Kind::note, .text = text});
  }

  void choose(const std::vector<pip::LockedPackage>& packages) {
    chosen_.resize(packages.size());
    parallel_for_each(
        packages.size(), most_requests,
        [&](std::size_t i) { chosen_[i] = choose_wheel(run_, index_, packages[i], target_); },
        run_.context.runtime.stop);
    for (std::size_t i = 0; i < packages.size(); ++i) {
      const auto& metadata = chosen_[i]->metadata;
      pip::ListedPackage listed{.name = packages[i].name,
                                .version = pip::Version::parse(chosen_[i]->file.version),
                                .needs = {},
                                .extras = packages[i].extras};
      for (const auto& need : metadata.requires_dist)
        listed.needs.push_back(pip::metadata_requirement(need, packages[i].name));
      listed_.push_back(std::move(listed));
    }
  }

  // Those that the list satisfies: another version must still satisfy them.
  void add_other_requirements(std::vector<pip::Requirement>& to) const {
    const auto name = pip::normalized_name(to.front().name);
    for (const auto& package : listed_)
      for (const auto& need : package.needs)
        if (!need.marker && pip::normalized_name(need.name) == name) to.push_back(need);
  }

  std::vector<packages::LockedFile> files_with_reasons() const {
    std::vector<packages::LockedFile> out;
    for (const auto& chosen : chosen_) {
      out.push_back(chosen->file);
      if (const auto user = user_of(chosen->file.package); !user.empty()) out.back().why += cat(", needed by ", user);
    }
    return out;
  }

  // The first package that needs it without a condition.
  std::string user_of(const std::string& name) const {
    for (const auto& package : listed_)
      for (const auto& need : package.needs)
        if (!need.marker && pip::normalized_name(need.name) == name)
          return cat(package.name, " ", package.version.text());
    return {};
  }

  static constexpr unsigned most_requests = 16;  // pages of an index are small

  const PackageRun& run_;
  const oci::Pip& step_;
  const pip::Target& target_;
  PipIndex index_;
  pip::MarkerEnvironment environment_;
  std::vector<std::optional<ChosenWheel>> chosen_;
  std::vector<pip::ListedPackage> listed_;
};

}  // namespace

packages::LockedInstall lock_pip(const PackageRun& run, const oci::Pip& step, const StepFacts& facts) {
  const auto target = pip_target(step, facts);
  return lapstrake::step(cat("locking `", install_name(step, target), "`"),
                         [&] { return PipLocking(run, step, target).run(); });
}

}  // namespace lapstrake::app
