// The package steps (`deb:`, `pip:`, `npm:`), downloads (`fetch:`) and edited files (`edit:`) of an image: their
// entries in `lapstrake.lock`, the files that packages install, and the folders of installed programs.
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

// Whether a layer has `deb:`, `pip:` or `npm:`; these steps need the base.
bool has_packages(const spec::Image& image);
// Whether a layer has a step that `lapstrake.lock` has entries for.
bool has_locked_steps(const spec::Image& image);

// The entry of the lock for a file of the base that `edit:` changes: "api linux/amd64 /etc/php.ini". `path`: relative,
// links resolved.
std::string name_of_edited(const std::string& image, const oci::Platform& platform, const std::string& path);
// Error{integrity} when the lock has another digest for the file, Error{usage} when it has none and `--locked` is set.
void expect_unchanged(const Context& context, const std::string& name, std::string_view text);

// The entries of the layer's steps, without parent folders. `below`: the base and the layers below. `accounts`: of the
// spec. The files of `deb:` are added to `known_files`, which `facts` refers to. Error{usage} when `lapstrake.lock`
// does not have the packages.
std::vector<layers::Entry> package_entries(const PackageRun& run, const oci::LayerRecipe& recipe,
                                           const StepFacts& facts, const layers::BaseFiles& below,
                                           const oci::Accounts& accounts, layers::BaseFiles& known_files);

// The folders of programs that the image's steps install, in the order of the layers: "/opt/venv/bin".
std::vector<std::string> program_folders(const spec::Image& image);

// Which entries of a lock are replaced, even if they fit.
struct PackageUpdate {
  bool is_wanted = false;
  std::vector<std::string> names = {};  // of packages in any spelling, URLs, paths of edited files; all if empty
  bool moves(const packages::LockedFile& file) const;
  bool moves_edited(const std::string& name) const;
};

// Whether the user's `name` is that of a package, a fetched file or an edited file in the lock.
bool has_package(const packages::LockedPackages& locked, const std::string& name);

// The packages, downloads and edited files that the images of `run.project`, whose bases are pinned, need on each of
// their platforms. Entries of `known` that are up to date and not part of `update` are kept. A fetched file has an
// entry if the spec has no sha256 for it. Error{integrity} when a source has replaced a file of `known` that is not
// part of `update`.
packages::LockedPackages lock_packages(const PackageRun& run, const packages::LockedPackages& known,
                                       const PackageUpdate& update);

// The sha256 of a fetched file, from the spec or the lock; `fetch.url` has been expanded for the platform. Error{usage}
// if neither has it.
oci::Digest digest_of(const oci::Fetch& fetch, const oci::Platform& platform, const packages::LockedPackages& locked);

// Brings the archives of all steps of `run.project` into the store, and calls `each` for each of them, once.
void take_packages(const PackageRun& run, const std::function<void(const packages::LockedFile&)>& each);

}  // namespace lapstrake::app
