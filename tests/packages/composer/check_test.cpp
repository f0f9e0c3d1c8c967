#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/composer/check.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

using namespace lapstrake;
using namespace lapstrake::packages::composer;

namespace {

const std::string lock_text = R"({"content-hash": "x", "packages": [
    {"name": "symfony/console", "version": "v6.4.0", "dist": {"reference": "abc"}, "require": {"php": ">=8.1", "ext-intl": "*"}},
    {"name": "symfony/polyfill-mbstring", "version": "v1.30.0", "provide": {"ext-mbstring": "*"}}],
  "packages-dev": [{"name": "phpunit/phpunit", "version": "11.0.0", "require": {"ext-xdebug": "*"}}],
  "platform": {"php": "^8.2", "ext-pdo_mysql": "*", "ext-json": "*"}, "platform-dev": []})";

const std::string installed_text = R"({"packages": [
    {"name": "symfony/console", "version": "v6.4.0", "dist": {"reference": "abc"}, "install-path": "../symfony/console"},
    {"name": "symfony/polyfill-mbstring", "version": "v1.30.0", "install-path": "../symfony/polyfill-mbstring"}],
  "dev": false, "dev-package-names": []})";

Vendor vendor_of(const std::string& lock, const std::string& installed) {
  return {.lock = lock,
          .lock_name = "`composer.lock`",
          .installed = installed,
          .installed_name = "`vendor/composer/installed.json`",
          .exists = [](std::string_view) { return true; }};
}

std::vector<std::string> lines_of(const Vendor& vendor) {
  std::vector<std::string> out;
  for (const auto& finding : check(vendor))
    out.push_back(cat(finding.severity == Finding::Severity::error ? "error: " : "warning: ", finding.message, " (",
                      finding.help, ")"));
  return out;
}
using FindingLines = std::vector<std::string>;

}  // namespace

TEST_CASE("a vendor folder that equals its lock file has no findings") {
  auto vendor = vendor_of(lock_text, installed_text);
  CHECK(lines_of(vendor).empty());
  vendor.extensions = std::set<std::string>{"intl", "pdo_mysql"};
  CHECK(lines_of(vendor).empty());
}

TEST_CASE("missing packages, other versions and other commits are errors") {
  const auto version = replace_all(installed_text, "v6.4.0", "v6.3.9");
  CHECK(lines_of(vendor_of(lock_text, version)) ==
        FindingLines{"error: the package `symfony/console` is installed in version `v6.3.9`, but `composer.lock` has "
                     "`v6.4.0` (run `composer install --no-dev` before the build)"});
  const auto commit = replace_all(installed_text, "abc", "def");
  CHECK(lines_of(vendor_of(lock_text, commit)) ==
        FindingLines{"error: the package `symfony/console` v6.4.0 is installed from the commit `def`, but "
                     "`composer.lock` has `abc` (run `composer install --no-dev` before the build)"});
  CHECK(lines_of(vendor_of(lock_text, R"({"packages": []})")) ==
        FindingLines{"error: the package `symfony/console` of `composer.lock` is not installed (run `composer install "
                     "--no-dev` before the build)",
                     "error: the package `symfony/polyfill-mbstring` of `composer.lock` is not installed (run "
                     "`composer install --no-dev` before the build)"});
}

TEST_CASE("packages for development and unknown packages are warnings") {
  const auto more = replace_all(installed_text, R"({"packages": [)", R"({"packages": [
    {"name": "PHPUnit/phpunit", "version": "11.0.0"}, {"name": "old/one", "version": "1"}, {"name": "dev/two", "version": "2"},)");
  const auto dev = replace_all(more, R"("dev-package-names": [])", R"("dev-package-names": ["dev/two"])");
  CHECK(lines_of(vendor_of(lock_text, dev)) ==
        FindingLines{"warning: the package `old/one` is installed, but not in `composer.lock` (remove vendor/ and run "
                     "`composer install --no-dev`)",
                     "warning: 2 packages for development are installed: `phpunit/phpunit`, `dev/two` (run `composer "
                     "install --no-dev --optimize-autoloader` before the build)"});
}

TEST_CASE("a missing autoloader or package folder is an error") {
  auto vendor = vendor_of(lock_text, installed_text);
  vendor.exists = [](std::string_view path) { return path == "symfony/polyfill-mbstring" || path == "autoload.php"; };
  CHECK(
      lines_of(vendor) ==
      FindingLines{"error: the folder of `symfony/console` is missing: `vendor/symfony/console` (copy all of vendor/; "
                   "check `exclude:` and .lapstrakeignore)",
                   "error: the autoloader is incomplete: `vendor/composer/autoload_real.php` is missing (run "
                   "`composer dump-autoload`, and copy all of vendor/)"});
}

TEST_CASE("missing extensions are errors with the name of Debian's package, but not those of polyfills and of PHP") {
  auto vendor =
      vendor_of(replace_all(lock_text, "\"ext-intl\"", "\"ext-mbstring\": \"*\", \"ext-intl\""), installed_text);
  vendor.extensions.emplace();
  vendor.php_version = "8.2";
  CHECK(lines_of(vendor) ==
        FindingLines{"error: the PHP extension `intl` is missing, which `symfony/console` requires (install the Debian "
                     "package `php8.2-intl`)",
                     "error: the PHP extension `pdo_mysql` is missing, which `platform` of `composer.lock` requires "
                     "(install the Debian package `php8.2-mysql`)"});
}

TEST_CASE("extensions are in the Debian packages that provide them") {
  const auto [extension, package] = GENERATE(table<std::string, std::string>({
      {"intl", "php8.2-intl"},
      {"dom", "php8.2-xml"},
      {"SimpleXML", "php8.2-xml"},
      {"zend-opcache", "php8.2-opcache"},
      {"tokenizer", "php8.2-common"},
      {"pdo_pgsql", "php8.2-pgsql"},
      {"redis", "php8.2-redis"},
      {"json", ""},
      {"Core", ""},
  }));
  CHECK(debian_package(extension, "8.2") == package);
  CHECK(debian_package("gd", "") == "php-gd");
}

TEST_CASE("the installed.json of Composer 1 is a list") {
  const auto installed = R"([{"name": "symfony/console", "version": "v6.4.0", "dist": {"reference": "abc"}},
    {"name": "symfony/polyfill-mbstring", "version": "v1.30.0"}])";
  CHECK(lines_of(vendor_of(lock_text, installed)).empty());
}

TEST_CASE("invalid files are errors of usage that name them") {
  const auto [lock, installed, name] = GENERATE(table<std::string, std::string, std::string>({
      {"{", "[]", "`composer.lock`"},
      {"[]", "[]", "`composer.lock`"},
      {"{}", "[]", "`composer.lock`"},
      {R"({"packages": [{"version": "1"}], "packages-dev": []})", "[]", "`composer.lock`"},
      {R"({"packages": [3], "packages-dev": []})", "[]", "`composer.lock`"},
      {R"({"packages": [], "packages-dev": null})", "{}", "`vendor/composer/installed.json`"},
      {R"({"packages": [], "packages-dev": null})", "x", "`vendor/composer/installed.json`"},
  }));
  const auto error =
      failure_of([&, lock_text = lock, installed_text = installed] { check(vendor_of(lock_text, installed_text)); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.summary(), Contains(name));
  CHECK_THAT(error.help(), Contains("composer install"));
}
