// Keys of the steps whose files are not in the project: packages of pip and npm, downloads, other images, lower layers.
#include "keys.hpp"

namespace lapstrake::spec {
namespace {

Key lock(std::string doc, std::string example) {
  return {"lock", text(Format::source), true, std::move(doc), std::move(example), "", {"file", "from", "requirements"}};
}
Key source_key(std::string fallback) {
  return {"source",
          text(Format::name),
          false,
          "Where the packages come from: a name of `sources:`.",
          "internal",
          std::move(fallback),
          {"index", "index_url", "registry"}};
}
Key to_key(std::string doc, std::string example) {
  return {"to",
          text(Format::folder_path),
          true,
          std::move(doc),
          std::move(example),
          "",
          {"dest", "dst", "destination", "target", "into"}};
}
Object pip() {
  return {
      .name = "pip",
      .path = "images.NAME.layers[].pip",
      .doc =
          "Installs the wheels of a lock file into a virtual environment. No program runs: packages that exist only "
          "as source are errors of `lapstrake lock`.",
      .example = R"(sources:
  internal: { type: pip, uri: https://pypi.corp.example/simple }
images:
  api:
    base: docker.io/library/python:3.12-slim
    layers:
      - name: packages
        pip: { lock: requirements.txt, into: /opt/venv, source: internal }
)",
      .keys = {
          lock("The lock file: `requirements.txt` with exact versions, `pylock.toml`, `uv.lock` or `poetry.lock`.",
               "requirements.txt"),
          {"into",
           text(Format::venv),
           false,
           "The virtual environment, or `system` for the site-packages folder of the image's own Python.",
           "/opt/venv",
           "/opt/venv",
           {"to", "target", "path"}},
          {"python",
           text(Format::python),
           false,
           "The version of Python in the image.",
           "\"3.11\"",
           "read from the base image",
           {"python_version"}},
          {"libc", text(Format::libc), false, "The C library of the image and its version.", "glibc-2.36",
           "read from the base image"},
          {"extras", list(text(Format::name)), false, "Extras of the project, for lock files that have them.",
           "[ postgres ]", "[]"},
          {"groups", list(text(Format::name)), false,
           "Dependency groups of the project, for lock files that have them.", "[ prod ]",
           "the default groups of the lock file"},
          source_key("`host`, pip's own configuration on this machine"),
          owner_key("0:0"),
      }};
}

Object npm() {
  return {
      .name = "npm",
      .path = "images.NAME.layers[].npm",
      .doc =
          "Installs the packages of a lock file of npm. No program runs: packages with an install script are "
          "errors of `lapstrake lock`, unless the script has no effect or `scripts` accepts the package.",
      .example = R"(images:
  web:
    base: docker.io/library/node:22-slim
    layers:
      - name: packages
        npm: { lock: package-lock.json, into: /app/node_modules, scripts: { accept: [core-js] } }
)",
      .keys = {
          lock("The lock file: `package-lock.json` or `npm-shrinkwrap.json`, of version 2 or 3.", "package-lock.json"),
          {"into",
           text(Format::folder_path),
           true,
           "The target folder, named `node_modules`.",
           "/app/node_modules",
           "",
           {"to", "target", "path"}},
          {"omit",
           list(choice({"dev", "optional", "peer"})),
           false,
           "Kinds of dependencies that are not installed.",
           "[ dev, optional ]",
           "[dev]",
           {"exclude", "without"}},
          {"scripts", object("npm_scripts"), false, "How to treat packages with install scripts.",
           "{ accept: [core-js] }"},
          {"libc", choice({"glibc", "musl"}), false, "The C library of the image.", "musl", "read from the base image"},
          source_key("`host`, npm's own configuration on this machine"),
          owner_key("0:0"),
      }};
}

Object npm_scripts() {
  return {.name = "npm_scripts",
          .path = "images.NAME.layers[].npm.scripts",
          .doc = "Install scripts (`preinstall`, `install`, `postinstall`). They never run.",
          .example = "",
          .keys = {{"accept",
                    list(text(Format::some)),
                    false,
                    "Names of packages that work although their install scripts do not run.",
                    "[core-js]",
                    "[]",
                    {"allow", "ignore", "accepted"}}}};
}

Object fetch() {
  return {
      .name = "fetch",
      .path = "images.NAME.layers[].fetch[]",
      .doc =
          "Downloads a file. Its sha256 is verified: the one given here, or the one that `lapstrake lock` has "
          "written to `lapstrake.lock`.",
      .example = R"(images:
  web:
    platforms: [linux/amd64, linux/arm64]
    layers:
      - name: tools
        fetch:
          - url: "https://example.com/tini-${platform.arch}"
            to: /usr/bin/tini
            mode: "0755"
          - { url: "https://example.com/tool-1.2.tar.gz", to: /opt/tool, unpack: true, strip_components: 1 }
)",
      .keys = {
          {"url",
           text(Format::url),
           true,
           "The URL, http or https, without credentials. `${platform.arch}`, `${platform.os}` and "
           "`${platform.variant}` are expanded for each platform.",
           "https://example.com/tool.tar.gz",
           "",
           {"uri", "from", "src", "source"}},
          {"sha256",
           either(text(Format::sha256), mapping(Format::platform, text(Format::sha256))),
           false,
           "The sha256 of the file in hex, or one for each platform: `{ linux/amd64: ..., linux/arm64: ... }`.",
           "54ecab51bc2ff43b98c4eb93fb3b6a0ac45ec9e4b1e3e3a3a3e2b2b8c1b1f4d0",
           "from `lapstrake.lock`",
           {"checksum", "digest", "hash"}},
          to_key("The path in the image. With a `/` at the end: into that folder. With `unpack`: the target folder.",
                 "/usr/bin/tini"),
          owner_key("0:0; with `unpack`, the archive's own numbers"),
          {"mode",
           text(Format::mode),
           false,
           "The mode of the file, in octal.",
           "\"0755\"",
           "0644",
           {"chmod", "permissions"}},
          {"unpack",
           boolean(),
           false,
           "Whether the file is an archive to unpack, as in `archives`.",
           "true",
           "false",
           {"extract"}},
          {"strip_components",
           integer(0, 64),
           false,
           "The number of leading path components to remove, with `unpack`.",
           "1",
           "0",
           {"strip", "strip-components"}},
          include_key("Unpack only files that match one of these patterns (`.dockerignore` syntax)."),
          exclude_key("Exclude files that match one of these patterns (`.dockerignore` syntax)."),
      }};
}

Object from() {
  return {
      .name = "from",
      .path = "images.NAME.layers[].from[]",
      .doc =
          "Copies a file or the content of a folder of another image. Images in registries are pinned by "
          "`lapstrake.lock`, as bases are; an image of this spec is built first.",
      .example = R"(images:
  assets:
    layers: [ { name: files, copy: [ { from: public/, to: /www/ } ] } ]
  web:
    layers:
      - name: tools
        from:
          - { image: docker.io/library/composer:2, path: /usr/bin/composer, to: /usr/bin/composer }
          - { image: assets, path: /www/, to: /var/www/html/, owner: 33:33 }
)",
      .keys = {
          {"image",
           text(Format::image),
           true,
           "The image: a name of `images:`, or a reference as in `base`.",
           "docker.io/library/composer:2",
           "",
           {"from", "source", "reference"}},
          {"path",
           text(Format::folder_path),
           true,
           "The file or folder in that image.",
           "/usr/bin/composer",
           "",
           {"src", "source"}},
          to_key("The path in this image. With a `/` at the end: into that folder, for a file.", "/usr/bin/composer"),
          owner_key("the owner in that image, by number"),
          {"mode",
           text(Format::mode),
           false,
           "The mode of files, in octal.",
           "\"0755\"",
           "the mode in that image",
           {"chmod", "permissions"}},
          include_key("Copy only files that match one of these patterns (`.dockerignore` syntax), relative to `path`."),
          exclude_key("Exclude files that match one of these patterns (`.dockerignore` syntax), relative to `path`."),
      }};
}

Object edit() {
  return {.name = "edit",
          .path = "images.NAME.layers[].edit[]",
          .doc =
              "Changes a file of a lower layer: adds text at its end, or replaces text in it. Owner and mode are kept. "
              "Several changes to one file are made in this order.",
          .example = R"(images:
  web:
    base: docker.io/library/debian:12-slim
    layers:
      - name: settings
        edit:
          - { path: /etc/login.defs, replace: "UMASK\t\t022", with: "UMASK\t\t027" }
          - { path: /etc/shells, append: "/usr/bin/fish\n" }
)",
          .keys = {
              {"path", text(Format::file_path), true, "The file.", "/etc/hosts.allow", "", {"file", "to", "name"}},
              {"append", text(Format::some), false, "Text to add at the end.", "\"ALL: ALL\\n\"", "", {"add", "text"}},
              {"replace",
               text(Format::some),
               false,
               "The exact text to replace. The number of occurrences must be `times`.",
               "\"memory_limit = 128M\"",
               "",
               {"search", "find", "old", "pattern"}},
              {"with", text(), false, "The replacement text.", "\"memory_limit = 256M\"", "", {"by", "new"}},
              {"times",
               integer(1, 10000),
               false,
               "How often the text of `replace` occurs.",
               "2",
               "1",
               {"count", "occurrences"}},
          }};
}

Object source() {
  return {
      .name = "source",
      .path = "sources.NAME",
      .doc =
          "An index of Python packages, a registry of npm packages or a Debian archive. Credentials are read from "
          "the configuration of pip, npm or apt on this machine, by host.",
      .example = R"(sources:
  internal: { type: pip, uri: https://pypi.corp.example/simple }
  node: { type: npm, uri: https://npm.corp.example }
  debian: { type: deb, uri: https://debian.corp.example/debian, suites: [bookworm, bookworm-updates] }
  debian-security: { type: deb, uri: https://debian.corp.example/security, suites: [bookworm-security] }
)",
      .keys = {
          {"type", choice({"pip", "npm", "deb"}), true, "The kind of packages.", "pip", "", {"kind", "format"}},
          {"uri",
           text(Format::archive_url),
           true,
           "The URL, http or https, without credentials. With `type: deb` it may be the file URL of a folder.",
           "https://pypi.corp.example/simple",
           "",
           {"url", "uris", "index", "registry", "index_url", "mirror", "archive"}},
          {"suites",
           list(text(Format::suite)),
           false,
           "With `type: deb`: the suites of the archive; required.",
           "[bookworm, bookworm-updates]",
           "",
           {"suite", "distribution", "distributions", "dist", "codename", "release"}},
          {"components",
           list(text(Format::suite)),
           false,
           "With `type: deb`: the components of the suites.",
           "[main, contrib]",
           "[main]",
           {"component", "sections"}},
          {"keyring",
           text(Format::some),
           false,
           "With `type: deb`: the file with the keys that sign the archive, relative to the spec, or `host` for the "
           "Debian keyrings of this machine.",
           "keys/archive.gpg",
           "host",
           {"signed_by", "signed-by", "key", "keys", "gpg", "gpg_key"}},
          {"check_valid_until",
           boolean(),
           false,
           "With `type: deb`: whether an expired index is refused. `false` is for archives of old snapshots.",
           "false",
           "true",
           {"check-valid-until", "valid_until"}},
      }};
}

}  // namespace

std::vector<Object> package_objects() { return {pip(), npm(), npm_scripts(), fetch(), from(), edit(), source()}; }

}  // namespace lapstrake::spec
