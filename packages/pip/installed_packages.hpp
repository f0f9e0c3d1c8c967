// The packages of the distribution that a base image lists as installed.
#pragma once
#include <functional>
#include <lapstrake/layers/base_files.hpp>
#include <map>
#include <string>

namespace lapstrake::packages::pip {

// The versions by package, as the database writes them: "2.36-9+deb12u10", "1.2.4-r2". dpkg's database, the folder of
// distroless images, apk's database.
struct InstalledPackages {
  std::map<std::string, std::string, std::less<>> dpkg = {}, apk = {};
};
InstalledPackages installed_packages(const layers::BaseFiles& base);

}  // namespace lapstrake::packages::pip
