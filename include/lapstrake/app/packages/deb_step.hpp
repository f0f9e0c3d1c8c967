// The `deb:` step of a layer: which packages it needs (`lapstrake lock`), and their files (`lapstrake build`).
#pragma once
#include <functional>
#include <lapstrake/app/packages/deb_suites.hpp>
#include <lapstrake/app/packages/package_run.hpp>
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <lapstrake/packages/locked_file.hpp>
#include <lapstrake/packages/unpacked_archive.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

// Error{usage} for a request of `install:` that is not one.
void check_request(const std::string& request);

// The name of its entry in the lock: "deb web os, arm64". An entry keeps its name when the list of packages changes, so
// that the other packages keep their versions.
std::string install_name(const DebStep& step);

// The digest of the step, of local .deb files, and of the packages that the layers below have.
oci::Digest inputs_of(const PackageRun& run, const DebStep& step);

// Reads the suites, chooses the packages, downloads them and classifies their maintainer scripts. Packages of `known`,
// the entry before, keep their versions unless `moves` says otherwise. Error{usage}: no such package, unsatisfiable,
// or scripts that are not known. Error{integrity}: see DebSuites.
packages::LockedInstall lock_deb(const PackageRun& run, const DebStep& step, DebSuites& suites,
                                 const packages::LockedInstall* known,
                                 const std::function<bool(const packages::LockedFile&)>& moves);

// The files of the packages of `install`. `below`: all layers below.
std::vector<layers::Entry> deb_entries(const PackageRun& run, const DebStep& step,
                                       const packages::LockedInstall& install, const layers::BaseFiles& below);

// The entry of the lock. Error{usage}: see locked_install().
const packages::LockedInstall& locked_install(const PackageRun& run, const DebStep& step);

// Downloads the .deb files of the entry that the store lacks.
void take_files(const PackageRun& run, const DebStep& step, const packages::LockedInstall& install);

// Their unpacked forms, in the order of the entry.
std::vector<packages::UnpackedArchive> unpacked_files(const PackageRun& run, const DebStep& step,
                                                      const packages::LockedInstall& install);

}  // namespace lapstrake::app
