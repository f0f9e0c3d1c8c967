// The packages in composer.lock and installed.json.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::composer {

struct Package {
  std::string name, version;
  std::string reference;  // a commit, of `dist` or `source`; may be empty
  std::string folder;     // relative to vendor/; empty: it has no files, or the file does not say
  std::vector<std::string> extensions, provided;  // "intl" of "ext-intl" in `require`; in `provide` and `replace`
};

struct Lock {
  std::vector<Package> packages, dev_packages;
  std::vector<std::string> extensions;  // of `platform`
};
struct Installed {
  std::vector<Package> packages;
  std::set<std::string> dev_names;  // "dev-package-names"; Composer 1 does not write them
};

// Error{usage} naming `what`.
Lock parse_lock(std::string_view text, std::string_view what);
Installed parse_installed(std::string_view text, std::string_view what);

}  // namespace lapstrake::packages::composer
