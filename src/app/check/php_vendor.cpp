#include "php_vendor.hpp"

#include <array>
#include <lapstrake/base/confined_folder.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/composer/check.hpp>
#include <string_view>

namespace lapstrake::app {
namespace {

// Compiled into the PHP of the official Docker images: PHP's defaults, and the options of `configure` in the
// Dockerfiles of github.com/docker-library/php. All other extensions are files in usr/local/lib/php/extensions.
constexpr std::array<std::string_view, 33> docker_built_in = {
    "core",     "ctype",     "curl",   "date",      "dom",        "fileinfo", "filter",    "ftp", "hash",
    "iconv",    "json",      "libxml", "mbstring",  "mysqlnd",    "openssl",  "pcre",      "pdo", "pdo_sqlite",
    "phar",     "posix",     "random", "readline",  "reflection", "session",  "simplexml", "spl", "sqlite3",
    "standard", "tokenizer", "xml",    "xmlreader", "xmlwriter",  "zlib"};

// NAME of the files FOLDER/BUILD/NAME.so; `build` is a glob.
std::set<std::string> shared_extensions(const layers::BaseFiles& image, std::string_view folder,
                                        const std::string& build) {
  std::set<std::string> names;
  for (const auto& path : image.matches(folder, PathGlob({build, "*.so"})))
    names.insert(lower(name_of(path).substr(0, name_of(path).size() - 3)));
  names.insert({"opcache", "zend-opcache"});  // compiled in from PHP 8.5 on; the packages of older ones install it
  return names;
}

std::string debian_version(const layers::BaseFiles& image) {
  const auto versions = image.names_in("etc/php");
  return versions.size() == 1 ? versions.front() : std::string();
}

// A folder of the project with composer.lock, and where its vendor/ is in the project and in the image.
struct PhpProject {
  NamedFile lock, installed;
  std::string lock_name, installed_name;
  std::string vendor;  // in the image, without a leading "/"
};

class PhpProjects {
 public:
  PhpProjects(const Context& context, const spec::Project& project) : context_(context), project_(project) {}

  std::optional<PhpProject> find(const oci::Copy& copy) const {
    if (is_glob(copy.from)) return std::nullopt;
    auto folder = clean_path(copy.from);
    if (folder == ".") folder.clear();
    const auto to = clean_path("/" + copy.to).substr(1);
    if (auto found = open(joined(folder, "composer.lock"), joined(folder, "vendor"), joined(to, "vendor")))
      return found;
    if (name_of(folder) != "vendor") return std::nullopt;
    return open(joined(parent_of(folder), "composer.lock"), folder, to);
  }

 private:
  std::optional<PhpProject> open(const std::string& lock_name, const std::string& folder,
                                 const std::string& vendor) const {
    const auto installed_name = joined(folder, "composer/installed.json");
    auto lock = named_file(lock_name);
    if (!lock) return std::nullopt;
    auto installed = named_file(installed_name);
    if (!installed) return std::nullopt;
    return PhpProject{std::move(*lock), std::move(*installed), lock_name, installed_name, vendor};
  }
  std::optional<NamedFile> named_file(const std::string& name) const {
    return find_named_file(project_.folder, name, context_.build.allow_outside);
  }

  const Context& context_;
  const spec::Project& project_;
};

bool has(const layers::BaseFiles& image, const std::string& path) { return image.find(image.follow(path)) != nullptr; }

std::vector<Finding> check_one(const PhpProject& php, const layers::BaseFiles& image, bool is_complete) {
  packages::composer::Vendor vendor{
      .lock = read_all_of(php.lock, limits::package_lock_bytes),
      .lock_name = cat("`", php.lock_name, "`"),
      .installed = read_all_of(php.installed, limits::package_lock_bytes),
      .installed_name = cat("`", php.installed_name, "`"),
      .exists = [&](std::string_view path) { return !is_complete || has(image, joined(php.vendor, path)); }};
  if (is_complete)
    if (auto extensions = php_extensions(image)) {
      vendor.extensions = std::move(extensions->names);
      vendor.php_version = std::move(extensions->version);
      vendor.extension_help = std::move(extensions->help);
    }
  return packages::composer::check(vendor);
}

}  // namespace

std::optional<PhpExtensions> php_extensions(const layers::BaseFiles& image) {
  if (has(image, "usr/local/bin/docker-php-ext-install")) {
    auto names = shared_extensions(image, "usr/local/lib/php/extensions", "*");
    for (const auto name : docker_built_in) names.emplace(name);
    return PhpExtensions{
        .names = std::move(names),
        .version = {},
        .help = "use a base image that has it; a Dockerfile installs it with `docker-php-ext-install`"};
  }
  if (image.matches("usr/lib/php", PathGlob({"20*", "*.so"})).empty()) return std::nullopt;
  auto names = shared_extensions(image, "usr/lib/php", "20*");
  return PhpExtensions{.names = std::move(names), .version = debian_version(image), .help = {}};
}

std::vector<Finding> check_php_vendor(const Context& context, const spec::Project& project,
                                      const std::vector<oci::Copy>& copies, const layers::BaseFiles& image,
                                      bool is_complete) {
  std::vector<Finding> all;
  const PhpProjects projects(context, project);
  for (const auto& copy : copies) try {
      const auto php = projects.find(copy);
      if (!php || !has(image, joined(php->vendor, "composer/installed.json"))) continue;
      for (auto& finding : check_one(*php, image, is_complete)) {
        finding.where = copy.where;
        all.push_back(std::move(finding));
      }
    } catch (const Error& error) {
      all.push_back(finding_of(error, copy.where));
    }
  return all;
}

}  // namespace lapstrake::app
