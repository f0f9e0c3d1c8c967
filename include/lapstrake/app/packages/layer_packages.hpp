// The steps of an image that take packages, of all ecosystems: their entries in the lock, their files, their folders of
// programs.
#pragma once
#include <functional>
#include <lapstrake/app/packages/package_run.hpp>
#include <lapstrake/layers/accounts.hpp>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <lapstrake/packages/locked_file.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

bool has_packages(const spec::Image& image);

// The entries of the layer's steps, without parent folders. `below`: the base and the layers below. Error{usage} when
// `lapstrake.lock` does not have them.
std::vector<layers::Entry> package_entries(const PackageRun& run, const oci::LayerRecipe& recipe,
                                           const StepFacts& facts, const layers::BaseFiles& below,
                                           const layers::AccountTable& accounts);

// The folders of programs that the image's steps install, in the order of the layers: "/opt/venv/bin".
std::vector<std::string> program_folders(const spec::Image& image);

// All that the images of `run.project`, whose bases are pinned, need on each of their platforms. Entries of `known`
// that fit are taken as they are, unless `is_moving` is true for one of their files. Error{integrity} when the source
// has replaced a file of `known` that does not move.
packages::LockedPackages lock_packages(const PackageRun& run, const packages::LockedPackages& known,
                                       const std::function<bool(const packages::LockedFile&)>& is_moving);

// Brings the archives of all steps of `run.project` into the store, and calls `each` for each of them, once.
void take_packages(const PackageRun& run, const std::function<void(const packages::LockedFile&)>& each);

}  // namespace lapstrake::app
