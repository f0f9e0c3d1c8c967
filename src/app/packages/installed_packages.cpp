#include <lapstrake/app/packages/installed_packages.hpp>

#include "package_steps.hpp"

namespace lapstrake::app {
namespace {

InstalledPackage::Kind kind_of(const DebStep&) { return InstalledPackage::Kind::deb; }
InstalledPackage::Kind kind_of(const oci::Pip&) { return InstalledPackage::Kind::wheel; }
InstalledPackage::Kind kind_of(const oci::Npm&) { return InstalledPackage::Kind::npm; }

}  // namespace

void for_each_package(const PackageRun& run, const spec::Image& image, const oci::Platform& platform,
                      const std::function<void(const InstalledPackage&)>& each) {
  if (!installs_packages(image)) return;
  for_each_step_of(run, image, platform,
                   [&](const auto& step, const StepFacts& facts) -> const packages::LockedInstall& {
                     const auto& install = locked_entry(run, step, facts);
                     const auto archives = unpacked_files(run, step, install);
                     for (std::size_t i = 0; i < archives.size(); ++i)
                       each({.kind = kind_of(step), .file = install.files[i], .archive = archives[i]});
                     return install;
                   });
}

}  // namespace lapstrake::app
