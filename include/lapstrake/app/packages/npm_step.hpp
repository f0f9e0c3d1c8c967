// The `npm:` steps of a layer: which tarballs they need (`lapstrake lock`), and their files (`lapstrake build`).
#pragma once
#include <lapstrake/app/packages/package_run.hpp>
#include <lapstrake/layers/accounts.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <lapstrake/packages/locked_file.hpp>
#include <lapstrake/packages/unpacked_archive.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

// The name of its entry in the lock: "npm package-lock.json, linux x64, glibc, without dev".
std::string install_name(const oci::Npm& step, const StepFacts& facts);

// Reads the lock file of the step and forgets it. Errors of the project only: no network is asked.
void check_lock_file(const Context& context, const spec::Project& project, const oci::Npm& step);

// The digest of the lock file.
oci::Digest inputs_of(const PackageRun& run, const oci::Npm& step);

// Downloads each tarball, compares it with the lock file, and decides about the install scripts. Error{usage}: the lock
// file is invalid, a package excludes the target, or a package needs its install script. Error{integrity}: a tarball is
// not the one of the lock file. A tarball whose integrity an entry of `known` has is not downloaded again.
packages::LockedInstall lock_npm(const PackageRun& run, const oci::Npm& step, const StepFacts& facts,
                                 const packages::LockedPackages& known);

// `ids`: the owner of all files.
std::vector<layers::Entry> npm_entries(const PackageRun& run, const oci::Npm& step, const StepFacts& facts,
                                       layers::AccountTable::Ids ids);

// The entry of the lock. Error{usage}: see locked_install().
const packages::LockedInstall& locked_entry(const PackageRun& run, const oci::Npm& step, const StepFacts& facts);

// Downloads the files of the entry that the store lacks.
void take_files(const PackageRun& run, const oci::Npm& step, const packages::LockedInstall& install);

// Their unpacked forms, in the order of the entry.
std::vector<packages::UnpackedArchive> unpacked_files(const PackageRun& run, const oci::Npm& step,
                                                      const packages::LockedInstall& install);

}  // namespace lapstrake::app
