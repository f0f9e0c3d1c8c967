#include <algorithm>
#include <lapstrake/app/packages/npm_step.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/tree.hpp>
#include <map>
#include <set>

#include "npm_tarballs.hpp"

namespace lapstrake::app {
namespace {

namespace npm = packages::npm;

// The entry of the lock, and the packages that it was made for.
struct LockedTree {
  npm::LockFile lock;
  const packages::LockedInstall& install;
  npm::Selection selection;
};

// Optional packages that could not be installed have no file in the lock.
std::set<std::string> failed_in(const npm::Selection& selection, const packages::LockedInstall& install) {
  std::set<std::string> places, out;
  for (const auto& file : install.files) places.insert(file.name);
  for (const auto& package : selection.packages)
    if (has_tarball(package) && !places.contains(package.place)) out.insert(package.place);
  return out;
}

LockedTree locked_tree(const PackageRun& run, const oci::Npm& step, const StepFacts& facts) {
  const auto& install = locked_install(run, install_name(step, facts), inputs_of(run, step));
  auto lock = read_npm_lock(run, step);
  auto options = npm::select_options(npm_target(step, facts), step.omit);
  auto selection = npm::select(lock, options);
  options.failed = failed_in(selection, install);
  if (!options.failed.empty()) selection = npm::select(lock, options);
  return {.lock = std::move(lock), .install = install, .selection = std::move(selection)};
}

std::vector<packages::UnpackedArchive> unpacked_files(const PackageRun& run, const oci::Npm& step,
                                                      const packages::LockedInstall& install,
                                                      const npm::LockFile& lock) {
  const NpmTarballs tarballs(run, step);
  return run.archives.unpacked(install.files, NpmTarballs::unpacker(run), tarballs.download(lock));
}

}  // namespace

std::string install_name(const oci::Npm& step, const StepFacts& facts) {
  const auto target = npm_target(step, facts);
  auto omitted = step.omit;
  std::ranges::sort(omitted);
  auto accepted = step.accepted_scripts;
  std::ranges::sort(accepted);
  return cat("npm ", step.lock, ", ", target.os, " ", target.cpu, ", ", target.libc,
             omitted.empty() ? "" : cat(", without ", join(omitted, " ")),
             accepted.empty() ? "" : cat(", accepted scripts ", join(accepted, " ")));
}

void check_lock_file(const Context& context, const spec::Project& project, const oci::Npm& step) {
  read_npm_lock(context, project, step);
}

oci::Digest inputs_of(const PackageRun& run, const oci::Npm& step) {
  InputDigest digest;
  digest.add(step.lock, run.text(step.lock));
  return digest.finish();
}

std::vector<layers::Entry> npm_entries(const PackageRun& run, const oci::Npm& step, const StepFacts& facts,
                                       layers::AccountTable::Ids ids) {
  const auto tree = locked_tree(run, step, facts);
  auto archives = unpacked_files(run, step, tree.install, tree.lock);
  std::map<std::string, std::shared_ptr<const packages::UnpackedArchive>> by_place;
  for (std::size_t i = 0; i < archives.size(); ++i)
    by_place.emplace(tree.install.files[i].name,
                     std::make_shared<const packages::UnpackedArchive>(std::move(archives[i])));
  std::vector<npm::InstalledPackage> installed;
  for (const auto& package : tree.selection.packages) {
    const auto archive = by_place.find(package.place);
    if (has_tarball(package) && archive == by_place.end()) throw incomplete_install(tree.install, package.place);
    installed.push_back({.package = package, .archive = archive == by_place.end() ? nullptr : archive->second});
  }
  return npm::tree(installed, {.into = step.into.substr(1), .uid = ids.uid, .gid = ids.gid});
}

const packages::LockedInstall& locked_entry(const PackageRun& run, const oci::Npm& step, const StepFacts& facts) {
  return locked_install(run, install_name(step, facts), inputs_of(run, step));
}

std::vector<packages::UnpackedArchive> unpacked_files(const PackageRun& run, const oci::Npm& step,
                                                      const packages::LockedInstall& install) {
  return unpacked_files(run, step, install, read_npm_lock(run, step));
}

void take_files(const PackageRun& run, const oci::Npm& step, const packages::LockedInstall& install) {
  const auto lock = read_npm_lock(run, step);
  const NpmTarballs tarballs(run, step);
  const auto download = tarballs.download(lock);
  parallel_for_each(
      install.files.size(), most_transfers, [&](std::size_t i) { run.archives.take(install.files[i], download); },
      run.context.runtime.stop);
}

}  // namespace lapstrake::app
