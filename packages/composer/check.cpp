#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/composer/check.hpp>
#include <map>

#include "packages.hpp"

namespace lapstrake::packages::composer {
namespace {

using Severity = Finding::Severity;

std::string shown(std::string_view text) { return cat("`", printable(text, 200), "`"); }

class VendorCheck {
 public:
  explicit VendorCheck(const Vendor& vendor)
      : vendor_(vendor),
        lock_(parse_lock(vendor.lock, vendor.lock_name)),
        installed_(parse_installed(vendor.installed, vendor.installed_name)) {
    for (const auto& package : installed_.packages) by_name_.emplace(package.name, &package);
    for (const auto& package : lock_.packages) locked_.insert(package.name);
    for (const auto& package : lock_.dev_packages) dev_.insert(package.name);
    dev_.insert(installed_.dev_names.begin(), installed_.dev_names.end());
  }

  std::vector<Finding> run() {
    for (const auto& package : lock_.packages) compare(package);
    for (const auto& package : lock_.dev_packages)
      if (by_name_.contains(package.name)) compare(package);
    report_additional_packages();
    for (const auto& package : installed_.packages)
      if (!package.folder.empty() && !vendor_.exists(package.folder))
        add(Severity::error,
            cat("the folder of ", shown(package.name), " is missing: ", shown("vendor/" + package.folder)),
            "copy all of vendor/; check `exclude:` and .lapstrakeignore");
    for (const std::string file : {"autoload.php", "composer/autoload_real.php"})
      if (!vendor_.exists(file))
        add(Severity::error, cat("the autoloader is incomplete: `vendor/", file, "` is missing"),
            "run `composer dump-autoload`, and copy all of vendor/");
    if (vendor_.extensions) check_extensions();
    return std::move(findings_);
  }

 private:
  void add(Severity severity, std::string message, std::string help) {
    Finding finding;
    finding.severity = severity;
    finding.message = std::move(message);
    finding.help = std::move(help);
    findings_.push_back(std::move(finding));
  }

  void compare(const Package& wanted) {
    static const std::string fix = "run `composer install --no-dev` before the build";
    const auto found = by_name_.find(wanted.name);
    if (found == by_name_.end()) {
      add(Severity::error, cat("the package ", shown(wanted.name), " of ", vendor_.lock_name, " is not installed"),
          fix);
      return;
    }
    const auto& package = *found->second;
    if (package.version != wanted.version)
      add(Severity::error,
          cat("the package ", shown(wanted.name), " is installed in version ", shown(package.version), ", but ",
              vendor_.lock_name, " has ", shown(wanted.version)),
          fix);
    else if (!package.reference.empty() && !wanted.reference.empty() && package.reference != wanted.reference)
      add(Severity::error,
          cat("the package ", shown(wanted.name), " ", printable(wanted.version, 80), " is installed from the commit ",
              shown(package.reference), ", but ", vendor_.lock_name, " has ", shown(wanted.reference)),
          fix);
  }

  void report_additional_packages() {
    std::vector<std::string> dev;
    for (const auto& package : installed_.packages) {
      if (locked_.contains(package.name)) continue;
      if (dev_.contains(package.name))
        dev.push_back(shown(package.name));
      else
        add(Severity::warning,
            cat("the package ", shown(package.name), " is installed, but not in ", vendor_.lock_name),
            "remove vendor/ and run `composer install --no-dev`");
    }
    if (dev.empty()) return;
    const auto count = dev.size();
    if (count > 10) dev.resize(10);
    add(Severity::warning,
        cat(count_of(count, "package"), " for development ", count == 1 ? "is" : "are", " installed: ", join(dev, ", "),
            count > 10 ? ", ..." : ""),
        "run `composer install --no-dev --optimize-autoloader` before the build");
  }

  void check_extensions() {
    std::map<std::string, std::string> required;  // -> by which
    for (const auto& name : lock_.extensions) required.emplace(name, cat("`platform` of ", vendor_.lock_name));
    std::set<std::string> available = *vendor_.extensions;
    for (const auto& package : lock_.packages) {
      for (const auto& name : package.extensions) required.emplace(name, shown(package.name));
      available.insert(package.provided.begin(), package.provided.end());  // polyfills
    }
    for (const auto& [name, by] : required) {
      const auto package = debian_package(name, vendor_.php_version);
      if (package.empty() || available.contains(name)) continue;
      add(Severity::error, cat("the PHP extension ", shown(name), " is missing, which ", by, " requires"),
          vendor_.extension_help.empty() ? cat("install the Debian package ", shown(package)) : vendor_.extension_help);
    }
  }

  const Vendor& vendor_;
  Lock lock_;
  Installed installed_;
  std::map<std::string, const Package*> by_name_;
  std::set<std::string> locked_, dev_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check(const Vendor& vendor) { return VendorCheck(vendor).run(); }

}  // namespace lapstrake::packages::composer
