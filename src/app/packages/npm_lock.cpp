// `lapstrake lock` for an `npm:` step.
#include <algorithm>
#include <lapstrake/app/packages/npm_step.hpp>
#include <lapstrake/app/project_files.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/integrity.hpp>
#include <lapstrake/packages/npm/scripts.hpp>
#include <map>
#include <set>

#include "npm_tarballs.hpp"

namespace lapstrake::app {
namespace {

namespace npm = packages::npm;

class NpmLocking {
 public:
  NpmLocking(const PackageRun& run, const oci::Npm& step, const StepFacts& facts, const packages::LockedPackages& known)
      : run_(run),
        step_(step),
        tarballs_(run, step),
        lock_(read_npm_lock(run, step)),
        options_(npm::select_options(npm_target(step, facts), step.omit)),
        name_(install_name(step, facts)) {
    for (const auto& [name, install] : known.installs)
      for (const auto& file : install.files) {
        known_.insert_or_assign(file.integrity, file.digest);
        known_places_.insert(file.name);
      }
  }

  packages::LockedInstall run() {
    selection_ = npm::select(lock_, options_);
    take();
    while (decide_about_scripts()) selection_ = npm::select(lock_, options_);
    warn_of_weak();
    packages::LockedInstall out{.name = name_, .inputs = inputs_of(run_, step_), .files = {}};
    find_users();
    for (const auto& package : selection_.packages)
      if (has_tarball(package)) out.files.push_back(file_of(package));
    std::ranges::sort(out.files, {}, &packages::LockedFile::name);
    return out;
  }

 private:
  struct Taken {
    packages::LockedFile file;
    packages::UnpackedArchive archive;
  };

  // Every tarball is read, since only its package.json says which scripts there are, and only sha256 makes it a blob.
  void take() {
    std::vector<const npm::LockedPackage*> packages;
    for (const auto& package : selection_.packages)
      if (has_tarball(package)) packages.push_back(&package);
    std::vector<std::optional<Taken>> taken(packages.size());
    parallel_for_each(
        packages.size(), most_requests, [&](std::size_t i) { taken[i] = take(*packages[i]); },
        run_.context.runtime.stop);
    for (std::size_t i = 0; i < packages.size(); ++i) taken_.emplace(packages[i]->place, std::move(*taken[i]));
  }

  Taken take(const npm::LockedPackage& package) const {
    const auto blob = tarballs_.take(package, known_digest(package));
    packages::LockedFile file{.name = package.place,
                              .package = package.name,
                              .version = package.version,
                              .digest = blob.digest,
                              .size = blob.size,
                              .integrity = package.integrity,
                              .url = NpmTarballs::url_of(package)};
    auto archive = run_.archives.unpacked(file, NpmTarballs::unpacker(run_), tarballs_.download(lock_));
    return {.file = std::move(file), .archive = std::move(archive)};
  }

  std::optional<oci::Digest> known_digest(const npm::LockedPackage& package) const {
    const auto integrity = npm::parse_integrity(package.integrity);
    const auto found = known_.find(package.integrity);
    return integrity && !integrity->is_weak() && found != known_.end() ? std::optional(found->second) : std::nullopt;
  }

  // Whether a package turned out not to be installable, so that others may not be needed either.
  bool decide_about_scripts() {
    const auto failed = options_.failed.size();
    for (const auto& package : selection_.packages) {
      const auto files = files_of(package);
      if (!files) continue;
      const auto verdict = npm::verdict(
          package, *files, lock_, selection_,
          {.target = options_.target, .accepted = {step_.accepted_scripts.begin(), step_.accepted_scripts.end()}});
      if (!verdict) continue;
      notes_[package.place] = verdict->note;
      if (verdict->kind == npm::ScriptVerdict::Kind::skipped) options_.failed.insert(package.place);
    }
    return options_.failed.size() != failed;
  }

  // A bundled package is in the tarball of the nearest package around it.
  std::optional<npm::PackageFiles> files_of(const npm::LockedPackage& package) const {
    if (package.link) return std::nullopt;
    std::string place = package.place;
    for (;;) {
      if (const auto found = taken_.find(place); found != taken_.end()) {
        const auto inner = package.place.size() > place.size() ? package.place.substr(place.size() + 1) : std::string();
        return npm::PackageFiles{.archive = found->second.archive, .folder = inner};
      }
      const auto up = place.rfind("/node_modules/");
      if (up == std::string::npos) return std::nullopt;
      place.resize(up);
    }
  }

  packages::LockedFile file_of(const npm::LockedPackage& package) const {
    auto out = taken_.at(package.place).file;
    if (const auto note = notes_.find(package.place); note != notes_.end()) out.note = note->second;
    if (const auto user = users_.find(package.place); user != users_.end()) out.why = cat("needed by ", user->second);
    if (out.integrity.empty()) out.integrity = "none in the lock file";
    return out;
  }

  void find_users() {
    for (const auto& package : selection_.packages)
      for (const auto* needs : {&package.required, &package.optionally_required})
        for (const auto& need : *needs)
          if (const auto* found = npm::dependency(lock_, package, need.first))
            users_.emplace(found->place, package.place.empty() ? std::string("the project")
                                                               : cat(package.name, " ", package.version));
    if (const auto* project = lock_.find(""))
      for (const auto* needs : {&project->required, &project->optionally_required})
        for (const auto& need : *needs)
          if (const auto* found = npm::dependency(lock_, *project, need.first)) users_[found->place] = "the project";
  }

  // Once: the next time `lapstrake.lock` has a digest to compare with.
  void warn_of_weak() const {
    std::vector<std::string> names;
    for (const auto& package : selection_.packages) {
      const auto integrity = npm::parse_integrity(package.integrity);
      if (has_tarball(package) && (!integrity || integrity->is_weak()) && !known_places_.contains(package.place))
        names.push_back(cat(package.name, " ", package.version));
    }
    if (names.empty()) return;
    run_.context.report.progress(
        {.kind = Event::Kind::warning,
         .text = cat("`", step_.lock, "` has no sha256 or sha512 of ", printable(join(names, ", "), 1000), ": `",
                     lock_file_name, "` pins what the registry returned now")});
  }

  static constexpr unsigned most_requests = 16;  // tarballs are small

  const PackageRun& run_;
  const oci::Npm& step_;
  NpmTarballs tarballs_;
  npm::LockFile lock_;
  npm::SelectOptions options_;
  std::string name_;
  std::map<std::string, oci::Digest> known_;  // by integrity
  std::set<std::string> known_places_;
  npm::Selection selection_;
  std::map<std::string, Taken> taken_;                // by place
  std::map<std::string, std::string> notes_, users_;  // by place
};

}  // namespace

packages::LockedInstall lock_npm(const PackageRun& run, const oci::Npm& step, const StepFacts& facts,
                                 const packages::LockedPackages& known) {
  return lapstrake::step(cat("locking `", install_name(step, facts), "`"),
                         [&] { return NpmLocking(run, step, facts, known).run(); });
}

}  // namespace lapstrake::app
