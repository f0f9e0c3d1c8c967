// Keys of a layer and its steps.
#include "keys.hpp"

namespace lapstrake::spec {
namespace {

Object layer() {
  return {
      .name = "layer",
      .path = "images.NAME.layers[]",
      .doc =
          "A layer, made of steps. The order of the steps does not matter, and two steps that write the same path "
          "are an error.",
      .example = R"(images:
  web:
    layers:
      - name: config
        files: [ { path: /etc/app.ini, text: "debug=0\n" } ]
        symlinks: [ { path: /var/log/app.log, target: /dev/stdout } ]
      - name: app
        copy: [ { from: bin/server, to: /usr/bin/server } ]
        capabilities: { /usr/bin/server: cap_net_bind_service=ep }
        remove: [ /etc/old.conf ]
)",
      .keys = {
          {"name", text(Format::name), true,
           "The layer's name, used in messages, in the image's history and in environments.", "app"},
          {"copy",
           list(object("copy")),
           false,
           "Files and folders to copy from the project.",
           "[ { from: public/, to: /www/ } ]",
           "",
           {"copies", "add"}},
          {"files",
           list(object("file")),
           false,
           "Small files with inline text.",
           "[ { path: /etc/app.ini, text: \"debug=0\\n\" } ]",
           "",
           {"file"}},
          {"directories",
           list(object("directory")),
           false,
           "Folders.",
           "[ { path: /var/cache/app, owner: 33:33 } ]",
           "",
           {"directory", "dirs", "folders", "mkdir"}},
          {"symlinks",
           list(object("symlink")),
           false,
           "Symbolic links.",
           "[ { path: /var/log/app.log, target: /dev/stdout } ]",
           "",
           {"symlink", "links"}},
          {"archives",
           list(object("archive")),
           false,
           "Archives to unpack: tar (optionally compressed with gzip, bzip2, xz or zstd) and zip.",
           "[ { from: dist/vendor.tar.gz, to: /opt/vendor } ]",
           "",
           {"archive", "unpack", "extract"}},
          {"remove",
           list(text(Format::glob_path)),
           false,
           "Paths of lower layers to remove (whiteouts), or globs of such paths: `*` is any part of a name, `**` any "
           "number of folders. The same layer may replace a removed folder by a file or a link.",
           "[ /etc/old.conf, \"/etc/nginx/conf.d/*\" ]",
           "",
           {"delete", "rm", "whiteouts"}},
          deb_key("Debian packages, unpacked without running their maintainer scripts.", false),
          {"pip",
           either(list(object("pip")), object("pip")),
           false,
           "Python packages: the wheels of a lock file. A list installs several.",
           "{ lock: requirements.txt }",
           "",
           {"python", "requirements", "pypi", "wheels"}},
          {"npm",
           either(list(object("npm")), object("npm")),
           false,
           "Node.js packages: the tarballs of a lock file. A list installs several.",
           "{ lock: package-lock.json, into: /app/node_modules }",
           "",
           {"node", "node_modules", "yarn", "pnpm"}},
          {"fetch",
           list(object("fetch")),
           false,
           "Files to download.",
           "[ { url: \"https://example.com/tini-${platform.arch}\", to: /usr/bin/tini, mode: \"0755\" } ]",
           "",
           {"download", "url", "urls", "curl", "wget"}},
          {"from",
           list(object("from")),
           false,
           "Files and folders of other images.",
           "[ { image: docker.io/library/composer:2, path: /usr/bin/composer, to: /usr/bin/composer } ]",
           "",
           {"from_images", "copy_from"}},
          {"edit",
           list(object("edit")),
           false,
           "Changes to files of lower layers.",
           "[ { path: /etc/hosts.allow, append: \"ALL: ALL\\n\" } ]",
           "",
           {"edits", "patch", "replace", "sed"}},
          {"capabilities",
           mapping(Format::file_path, text(Format::capabilities)),
           false,
           "File capabilities in setcap's syntax, by the path of a file in this layer.",
           "{ /usr/bin/server: cap_net_bind_service=ep }",
           "",
           {"caps", "setcap"}},
      }};
}

Object copy() {
  return {
      .name = "copy",
      .path = "images.NAME.layers[].copy[]",
      .doc =
          "Copies a file, a folder or the matches of a glob. The content of a folder is copied to `to`; if `to` "
          "ends with `/`, files are copied into that folder. Files in `.lapstrakeignore` are excluded, and so are "
          "`lapstrake.lock` and `lapstrake-vendor` next to the spec, unless a line there includes them again "
          "(`!lapstrake.lock`).",
      .example = R"(images:
  web:
    layers:
      - name: app
        copy:
          - { from: public/, to: /var/www/html/, owner: 33:33, exclude: ["**/*.map"] }
          - { from: "bin/*", to: /usr/local/bin/, mode: "0755" }
)",
      .keys = {
          {"from",
           text(Format::source),
           true,
           "The source: a path or a glob, relative to the spec's folder. `${platform.arch}`, `${platform.os}` and "
           "`${platform.variant}` are expanded for each platform.",
           "public/",
           "",
           {"src", "source"}},
          {"to",
           text(Format::folder_path),
           true,
           "The path in the image. With a `/` at the end: into that folder.",
           "/var/www/html/",
           "",
           {"dest", "dst", "destination", "target", "path"}},
          owner_key("0:0"),
          {"mode",
           text(Format::copy_mode),
           false,
           "The mode of files, in octal, or `keep` for the mode of the source.",
           "\"0644\"",
           "0755 for executable files, else 0644",
           {"chmod", "permissions", "file_mode"}},
          {"directory_mode",
           text(Format::mode),
           false,
           "The mode of folders, in octal.",
           "\"0750\"",
           "0755",
           {"dir_mode"}},
          include_key("Copy only files that match one of these patterns (`.dockerignore` syntax), relative to `from`."),
          exclude_key("Exclude files that match one of these patterns (`.dockerignore` syntax), relative to `from`."),
          {"special", choice({"refuse", "skip"}), false, "What to do with sockets, FIFOs and devices.", "skip",
           "refuse"},
          {"symlinks", choice({"keep", "follow"}), false,
           "Copy symbolic links as links, or copy their targets inside the spec's folder.", "follow", "keep"},
          {"xattrs", choice({"keep", "drop"}), false, "Whether extended attributes of the source are copied.", "keep",
           "drop"},
      }};
}

Object file() {
  return {.name = "file",
          .path = "images.NAME.layers[].files[]",
          .doc = "A file with inline text. `$${` in it is a literal `${`.",
          .example = R"(images:
  web:
    env: { TZ: UTC }
    layers:
      - name: config
        files:
          - path: /etc/app/start.sh
            mode: "0755"
            text: |
              #!/bin/sh
              exec /usr/bin/app --zone "$${TZ}"
)",
          .keys = {{"path", text(Format::file_path), true, "The file.", "/etc/app.ini", "", {"to", "name"}},
                   {"text", text(), true, "The text of the file.", "\"debug=0\\n\"", "", {"content", "contents"}},
                   owner_key("0:0"),
                   {"mode", text(Format::mode), false, "The mode, in octal.", "\"0640\"", "0644", {"chmod"}},
                   {"xattrs", mapping(Format::xattr_name, text(Format::xattr_value)), false,
                    "Extended attributes. A value is text, or 0x and hex, or 0s and base64.",
                    "{ user.origin: lapstrake }"}}};
}

Object directory() {
  return {.name = "directory",
          .path = "images.NAME.layers[].directories[]",
          .doc =
              "A folder. Its parent folders need no entry: those missing in the base are created with 0755 0:0, "
              "existing ones are kept unchanged.",
          .example = "",
          .keys = {{"path", text(Format::folder_path), true, "The folder.", "/var/cache/app", "", {"to", "name"}},
                   owner_key("0:0"),
                   {"mode", text(Format::mode), false, "The mode, in octal.", "\"0750\"", "0755", {"chmod"}}}};
}

Object symlink() {
  return {.name = "symlink",
          .path = "images.NAME.layers[].symlinks[]",
          .doc = "A symbolic link.",
          .example = "",
          .keys = {{"path", text(Format::file_path), true, "The link.", "/var/log/app.log", "", {"from", "name"}},
                   {"target",
                    text(Format::some),
                    true,
                    "The target, absolute or relative to the link's folder.",
                    "/dev/stdout",
                    "",
                    {"to"}},
                   owner_key("0:0")}};
}

Object archive() {
  return {.name = "archive",
          .path = "images.NAME.layers[].archives[]",
          .doc =
              "Unpacks an archive into the layer: tar (optionally compressed with gzip, bzip2, xz or zstd) or zip, "
              "detected by its content. A leading `/` of a name is removed.",
          .example = R"(images:
  web:
    layers:
      - name: vendor
        archives: [ { from: dist/vendor.tar.gz, to: /opt/vendor, strip_components: 1, exclude: ["**/test"] } ]
)",
          .keys = {{"from",
                    text(Format::source),
                    true,
                    "The archive, relative to the spec's folder. `${platform.arch}`, `${platform.os}` and "
                    "`${platform.variant}` are expanded for each platform.",
                    "dist/vendor.tar.gz",
                    "",
                    {"src", "source"}},
                   {"to",
                    text(Format::folder_path),
                    true,
                    "The target folder.",
                    "/opt/vendor",
                    "",
                    {"dest", "dst", "destination", "target", "path"}},
                   {"strip_components",
                    integer(0, 64),
                    false,
                    "The number of leading path components to remove.",
                    "1",
                    "0",
                    {"strip", "strip-components"}},
                   owner_key("the archive's own numbers"),
                   include_key("Unpack only files that match one of these patterns (`.dockerignore` syntax)."),
                   exclude_key("Exclude files that match one of these patterns (`.dockerignore` syntax).")}};
}

}  // namespace

std::vector<Object> layer_objects() { return {layer(), copy(), file(), directory(), symlink(), archive()}; }

}  // namespace lapstrake::spec
