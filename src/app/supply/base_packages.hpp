// The packages that the databases in a base image list: of dpkg, apk, and installers of Python packages.
#pragma once
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/packages/sbom/document.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

// A package of dpkg or apk, without a purl, which needs the distribution.
struct ListedPackage {
  packages::sbom::SystemPackage package;
  packages::sbom::Component::Kind kind = packages::sbom::Component::Kind::deb;
  std::string license = {}, supplier = {};
};

// From a control file of Debian: Package, Version, Architecture, Source, Maintainer.
ListedPackage listed_deb(std::string_view control, std::string_view what);

// Installed packages only. Error{integrity} if a database cannot be read.
std::vector<ListedPackage> system_packages_of(const layers::BaseFiles& base);
// By the names of their .dist-info folders. Those of the distribution's packages are left out.
std::vector<packages::sbom::Component> python_packages_of(const layers::BaseFiles& base);

packages::sbom::Component component_of(const ListedPackage& listed, const packages::sbom::Distribution& distribution);

}  // namespace lapstrake::app
