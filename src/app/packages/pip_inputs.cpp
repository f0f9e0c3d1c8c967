#include "pip_inputs.hpp"

#include <lapstrake/base/confined_folder.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/packages/pip/lock_file.hpp>

namespace lapstrake::app {
namespace {

namespace pip = packages::pip;

// "sha256:..." of a file of the project; empty for a missing one, which may be for another platform.
std::string digest_of_file(const PackageRun& run, const std::string& path) {
  Sha256 hash;
  try {
    const auto file = open_named_file(run.project.folder, path, run.context.build.allow_outside);
    drain(
        file.source(), [&](Bytes bytes) { hash.write(bytes); }, run.context.runtime.stop);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::input) throw;
    return {};
  }
  return oci::Digest(hash.finish()).text();
}

}  // namespace

pip::LockedPackages read_python_lock(const PackageRun& run, const oci::Pip& step) {
  auto out = pip::read_lock_file(step.lock, [&](const std::string& path) { return run.text(path); });
  for (auto& package : out.packages)
    for (auto& file : package.files)
      if (!file.path.empty() && !file.path.starts_with('/'))
        file.path = clean_path(joined(parent_of(step.lock), file.path));
  return out;
}

oci::Digest digest_of_inputs(const PackageRun& run, const pip::LockedPackages& locked) {
  InputDigest out;
  for (const auto& input : locked.inputs) out.add(input.path, input.text);
  for (const auto& package : locked.packages)
    for (const auto& file : package.files)
      if (!file.path.empty()) out.add(file.path, digest_of_file(run, file.path));
  return out.finish();
}

pip::SelectedPackages selected_packages(const pip::LockedPackages& locked, const oci::Pip& step,
                                        const pip::Target& target) {
  pip::PackageSelection selection{.environment = pip::marker_environment(target),
                                  .extras = {step.extras.begin(), step.extras.end()}};
  if (step.groups) selection.groups = {step.groups->begin(), step.groups->end()};
  return pip::packages_for(locked, selection);
}

}  // namespace lapstrake::app
