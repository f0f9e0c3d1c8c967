// How packages are chosen.
#pragma once
#include <map>
#include <string>
#include <vector>

namespace lapstrake::packages::deb {

struct ResolveOptions {
  std::string architecture = {};  // dpkg's
  bool recommends = false;
  bool essential = false;                        // also all packages with Essential: yes
  std::vector<std::string> prefer = {};          // before container_preferences()
  std::vector<std::string> exclude = {};         // names that must not be installed
  std::map<std::string, std::string> keep = {};  // versions of a lock, by name: kept where they still fit
};

}  // namespace lapstrake::packages::deb
