// Components for the packages of `lapstrake.lock`, with what their archives say about themselves.
#pragma once
#include <lapstrake/app/packages/installed_packages.hpp>
#include <lapstrake/packages/sbom/document.hpp>
#include <optional>
#include <string>

#include "base_packages.hpp"

namespace lapstrake::app {

// Of pip or npm.
packages::sbom::Component component_of(const InstalledPackage& package);

// From the control file of the .deb.
ListedPackage listed_deb(const InstalledPackage& package);
// Of a .deb that has os-release, as base-files does.
std::optional<packages::sbom::Distribution> distribution_in(const InstalledPackage& package);

// The checksums and the public address of the archive.
void add_archive(const packages::LockedFile& file, packages::sbom::Component& to);
// Of an http or https URL: without the query, which may be a secret.
std::string public_url(const std::string& url);

}  // namespace lapstrake::app
