#include <lapstrake/app/check/check.hpp>
#include <lapstrake/base/text.hpp>

#include "journey.hpp"

using namespace lapstrake;

namespace {

// A PHP project in php/, on a base that is a layer of the image.
struct PhpJourney : Journey {
  std::string layers = "- { name: app, copy: [ { from: php/, to: /app/, exclude: [composer.lock] } ] }";
  std::string root = "[ { path: /etc/motd, text: x } ]";  // `files:` of the first layer

  PhpJourney() {
    dir.write("php/composer.lock",
              R"({"packages": [{"name": "acme/log", "version": "1.0.0", "require": {"ext-intl": "*", "ext-xml": "*"}}],
                  "packages-dev": [], "platform": {"php": "^8.2"}})");
    install("1.0.0");
    for (const std::string file : {"acme/log/log.php", "autoload.php", "composer/autoload_real.php"})
      dir.write("php/vendor/" + file, "<?php");
  }

  void install(const std::string& version) {
    dir.write("php/vendor/composer/installed.json",
              cat(R"({"packages": [{"name": "acme/log", "version": ")", version,
                  R"(", "install-path": "../acme/log"}], "dev": false, "dev-package-names": []})"));
  }

  // "error: MESSAGE (HELP) at LINE"
  std::vector<std::string> findings() {
    dir.write("lapstrake.yaml",
              cat("images:\n  web:\n    layers:\n      - { name: root, files: ", root, " }\n      ", layers, "\n"));
    std::vector<std::string> lines;
    for (const auto& finding : app::check(context(), project()))
      lines.push_back(cat(finding.severity == Finding::Severity::error ? "error: " : "warning: ", finding.message, " (",
                          finding.help, ") at ", finding.where.line));
    return lines;
  }
};
using Lines = std::vector<std::string>;

std::string files(const std::vector<std::string>& paths) {
  std::string list;
  for (const auto& path : paths) list += cat(list.empty() ? "" : ", ", "{ path: ", path, ", text: x }");
  return cat("[ ", list, " ]");
}

const Lines other_version{
    "error: the package `acme/log` is installed in version `0.9.0`, but `php/composer.lock` has `1.0.0` (run `composer "
    "install --no-dev` before the build) at 5"};

}  // namespace

TEST_CASE("check compares a copied vendor folder of PHP with composer.lock") {
  PhpJourney journey;
  CHECK(journey.findings() == Lines{});
  journey.install("0.9.0");
  CHECK(journey.findings() == other_version);
  journey.layers = "- { name: app, copy: [ { from: php/vendor, to: /srv/vendor } ] }";
  CHECK(journey.findings() == other_version);
  journey.layers = "- { name: app, copy: [ { from: ., to: /srv, include: [php/**] } ] }";
  CHECK(journey.findings() == Lines{});  // composer.lock is not at the top of the copied folder
}

TEST_CASE("a vendor folder that the image does not have is not checked") {
  PhpJourney journey;
  journey.install("0.9.0");
  journey.layers = "- { name: app, copy: [ { from: php/, to: /app, exclude: [vendor] } ] }";
  CHECK(journey.findings() == Lines{});
}

TEST_CASE("check reports files of vendor that the copy excludes") {
  PhpJourney journey;
  journey.layers = "- { name: app, copy: [ { from: php/, to: /app, exclude: [vendor/acme, vendor/autoload.php] } ] }";
  CHECK(
      journey.findings() ==
      Lines{"error: the folder of `acme/log` is missing: `vendor/acme/log` (copy all of vendor/; check `exclude:` and "
            ".lapstrakeignore) at 5",
            "error: the autoloader is incomplete: `vendor/autoload.php` is missing (run `composer dump-autoload`, and "
            "copy all of vendor/) at 5"});
}

TEST_CASE("check reports a composer.lock that is not valid") {
  PhpJourney journey;
  journey.dir.write("php/composer.lock", "{");
  const auto found = journey.findings();
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0], Contains("php/composer.lock"));
}

TEST_CASE("check looks for the extensions of PHP in the image, if it knows the PHP") {
  PhpJourney journey;
  const std::string debian = "/usr/lib/php/20220829/",
                    docker = "/usr/local/lib/php/extensions/no-debug-non-zts-20220829/";
  journey.root = files({debian + "xml.so", "/etc/php/8.2/php.ini"});
  CHECK(journey.findings() ==
        Lines{"error: the PHP extension `intl` is missing, which `acme/log` requires (install the "
              "Debian package `php8.2-intl`) at 5"});
  journey.root = files({debian + "xml.so", debian + "intl.so", "/etc/php/8.2/php.ini"});
  CHECK(journey.findings() == Lines{});
  journey.root = files({"/usr/local/bin/docker-php-ext-install", docker + "opcache.so"});
  CHECK(journey.findings() ==
        Lines{"error: the PHP extension `intl` is missing, which `acme/log` requires (use a base image that has it; a "
              "Dockerfile installs it with `docker-php-ext-install`) at 5"});
  journey.root = files({"/usr/local/bin/docker-php-ext-install", docker + "intl.so"});
  CHECK(journey.findings() == Lines{});
  journey.root = files({"/usr/bin/php"});  // compiled by hand
  CHECK(journey.findings() == Lines{});
}
