// Checks the vendor/ folders of Composer that the layers of an image copy.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/base/finding.hpp>
#include <lapstrake/layers/base_files.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <lapstrake/spec/project.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lapstrake::app {

// The extensions of the PHP in an image, in lower case.
struct PhpExtensions {
  std::set<std::string> names;
  std::string version;  // "8.2" for Debian's packages, if there is one version only; otherwise empty
  std::string help;     // what to do about a missing one; empty: to install a package of Debian
};
// Of images with a PHP of Debian's packages or of the official Docker images. Nothing for all others: which extensions
// are compiled into the program is not known.
std::optional<PhpExtensions> php_extensions(const layers::BaseFiles& image);

// `copies`: of all layers of an image, with platform variables filled in. A copy counts if it copies a folder with
// composer.lock and vendor/, or such a vendor/ itself, and if the image then has the vendor/composer/installed.json of
// it. `image`: the whole tree of the image. `is_complete`: whether `image` has all files; otherwise no file is reported
// as missing. The findings of packages::composer::check, at the position of the copy.
std::vector<Finding> check_php_vendor(const Context& context, const spec::Project& project,
                                      const std::vector<oci::Copy>& copies, const layers::BaseFiles& image,
                                      bool is_complete);

}  // namespace lapstrake::app
