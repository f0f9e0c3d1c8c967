// The `pip:` steps of a layer: which wheels they need (`lapstrake lock`), and their files (`lapstrake build`).
#pragma once
#include <lapstrake/app/packages/package_run.hpp>
#include <lapstrake/layers/accounts.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <lapstrake/packages/locked_file.hpp>
#include <lapstrake/packages/pip/target.hpp>
#include <lapstrake/packages/unpacked_archive.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

// Reads the lock file of the step to report its errors. Does not use the network.
void check_lock_file(const Context& context, const spec::Project& project, const oci::Pip& step);

// The Python that the wheels are for: `python:` and `libc:` of the step, else those of the base. Error{usage} when
// neither has them.
packages::pip::Target pip_target(const oci::Pip& step, const StepFacts& facts);

// The name of its entry in the lock: "pip requirements.txt, cpython 3.11, glibc 2.36, x86_64".
std::string install_name(const oci::Pip& step, const packages::pip::Target& target);

// The digest of the lock file and its includes.
oci::Digest inputs_of(const PackageRun& run, const oci::Pip& step);

// Chooses a wheel for each package, and checks with the metadata of the wheels that no package is missing. Asks the
// index of the step's source; downloads a wheel only if the index lacks its metadata or digest. Error{usage}: the lock
// file is invalid or incomplete, or a package has no wheel that fits.
packages::LockedInstall lock_pip(const PackageRun& run, const oci::Pip& step, const StepFacts& facts);

// `below`: the base with the layers below, which must have the Python. `ids`: the owner of all files.
std::vector<layers::Entry> pip_entries(const PackageRun& run, const oci::Pip& step, const StepFacts& facts,
                                       const layers::BaseFiles& below, layers::AccountTable::Ids ids);

// The entry of the lock. Error{usage}: see locked_install().
const packages::LockedInstall& locked_entry(const PackageRun& run, const oci::Pip& step, const StepFacts& facts);

// Downloads the files of the entry that the store lacks.
void take_files(const PackageRun& run, const oci::Pip& step, const packages::LockedInstall& install);

// Their unpacked forms, in the order of the entry.
std::vector<packages::UnpackedArchive> unpacked_files(const PackageRun& run, const oci::Pip& step,
                                                      const packages::LockedInstall& install);

}  // namespace lapstrake::app
