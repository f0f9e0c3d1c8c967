// Keys of `deb:`.
#include "keys.hpp"

namespace lapstrake::spec {
namespace {

Key packages(std::string name, std::string doc, std::string example, std::vector<std::string> misnamed) {
  return {std::move(name),    list(text(Format::deb_package)), false, std::move(doc), std::move(example), "[]",
          std::move(misnamed)};
}

Object deb() {
  return {
      .name = "deb",
      .path = "images.NAME.layers[].deb",
      .doc =
          "Installs Debian packages with all that they need, as `lapstrake.lock` has them. No program runs: the "
          "results "
          "of maintainer scripts of known packages are made from data, and packages with other scripts are errors of "
          "`lapstrake lock`. The same keys are valid in `images.NAME.deb`.",
      .example = R"yaml(images:
  web:
    layers:
      - name: system
        deb: { suite: bookworm, base: minimal, install: [nginx, "redis-tools (>= 5:7.0)"] }
  php-fpm:
    deb:
      - { suite: bookworm, base: essential, install: [php8.2-fpm, php8.2-mysql] }
      - { install: [git, unzip] }
)yaml",
      .keys = {
          {"suite",
           text(Format::suite),
           false,
           "The suite: `bookworm` includes `bookworm-updates` and `bookworm-security` where the sources have them.",
           "bookworm",
           "that of the sources",
           {"release", "distribution", "codename", "dist"}},
          {"install",
           list(text(Format::deb_request)),
           false,
           "The packages, optionally with versions, and .deb files of the project. Required unless `base` is `minimal` "
           "or `essential`.",
           "[nginx, \"php8.2-fpm (>= 8.2)\", ./dist/tool_1.0_amd64.deb]",
           "",
           {"packages", "package", "names", "apt", "apt-get", "include"}},
          {"base",
           choice({"minimal", "essential", "image"}),
           false,
           "The set of packages below: `minimal` adds the files that every Debian system has, `essential` all "
           "packages that Debian marks so (a shell, dpkg and the usual tools), `image` nothing, since the layers below "
           "have them.",
           "essential",
           "`image` if a layer below has Debian packages, else `minimal`",
           {"variant", "from"}},
          {"recommends",
           boolean(),
           false,
           "Whether recommended packages are installed too.",
           "true",
           "false",
           {"install_recommends", "install-recommends", "recommended", "with_recommends"}},
          packages("prefer", "Packages to choose where several would do, first to last.", "[mawk]", {"preferred"}),
          packages("exclude", "Packages that must not be installed. It is an error if one is needed.", "[perl]",
                   {"without", "ignore", "skip", "remove"}),
          {"docs",
           choice({"drop", "keep"}),
           false,
           "Whether manual pages, documentation and translations are kept. Copyright files always are.",
           "keep",
           "drop",
           {"doc", "documentation", "man"}},
          packages("accept", "Packages that work although their maintainer scripts do not run.", "[iproute2]",
                   {"allow", "accepted", "accept_scripts", "scripts"}),
          {"source",
           either(list(text(Format::name)), text(Format::name)),
           false,
           "Where the packages come from: a name of `sources:`, `host` for the apt sources of this machine, or a list.",
           "[debian, debian-security]",
           "all sources of `type: deb`, else `host`",
           {"sources", "repository", "repositories", "mirror", "archive"}},
      }};
}

}  // namespace

std::vector<Object> deb_objects() { return {deb()}; }

Key deb_key(std::string doc, bool is_list) {
  return {"deb",
          is_list ? either(list(object("deb")), object("deb")) : object("deb"),
          false,
          std::move(doc),
          "{ suite: bookworm, install: [nginx] }",
          "",
          {"apt", "apt_get", "apt-get", "apt_packages", "debs", "debian", "dpkg", "packages", "system_packages",
           "os_packages"}};
}

}  // namespace lapstrake::spec
