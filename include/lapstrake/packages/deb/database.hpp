// dpkg's database, for scanners and for dpkg itself: var/lib/dpkg/status with info/*, or status.d as distroless images
// have it.
#pragma once
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/packages/deb/archive.hpp>
#include <lapstrake/packages/deb/root.hpp>
#include <string>
#include <vector>

namespace lapstrake::packages::deb {

enum class Database { status, status_d };
// That of the layers below; status_d if they have none and dpkg is not among `packages`.
Database database_for(const layers::BaseFiles& below, const std::vector<Deb>& packages);

// The installed packages of the layers below, as one text of paragraphs: var/lib/dpkg/status, and all files of
// status.d. Empty if there is no database.
std::string installed_packages(const layers::BaseFiles& below);

// Adds the packages: `Status: install ok installed` and info/PACKAGE.{list,md5sums,conffiles,...} with `status`, the
// control file and NAME.md5sums with `status_d`. Maintainer scripts are not added, since they did not run. Packages of
// the layers below stay.
void add_database(Root& root, const layers::BaseFiles& below, const std::vector<Deb>& packages, Database kind);

}  // namespace lapstrake::packages::deb
