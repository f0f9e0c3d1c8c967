// The Python lock file of a step, and the digest that says whether `lapstrake.lock` was made from it.
#pragma once
#include <lapstrake/app/packages/package_run.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <lapstrake/packages/pip/locked_packages.hpp>
#include <lapstrake/packages/pip/package_selection.hpp>
#include <lapstrake/packages/pip/target.hpp>

namespace lapstrake::app {

// The paths of wheels in it are relative to the folder of the spec.
packages::pip::LockedPackages read_python_lock(const PackageRun& run, const oci::Pip& step);

// Of the texts that were read, and of the wheels in the project.
oci::Digest digest_of_inputs(const PackageRun& run, const packages::pip::LockedPackages& locked);

// The packages of the lock file that the step needs for the target.
packages::pip::SelectedPackages selected_packages(const packages::pip::LockedPackages& locked, const oci::Pip& step,
                                                  const packages::pip::Target& target);

}  // namespace lapstrake::app
