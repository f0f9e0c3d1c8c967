// A layer and its steps.
#include "keys.hpp"

namespace lapstrake::spec {
namespace {

const char* const owner_doc = "USER or USER:GROUP, each a number or a name that the image knows.";

Key owner_key(std::string fallback) {
  return {"owner", text(Format::owner), false, owner_doc, "33:33", std::move(fallback), {"chown", "user"}};
}
Key include(std::string doc) {
  return {"include",    list(text(Format::some)), false, std::move(doc), "[\"**/*.php\"]",
          "everything", {"includes", "only"}};
}
Key exclude(std::string doc) {
  return {"exclude", list(text(Format::some)), false, std::move(doc), "[\"**/*.map\"]",
          "nothing", {"excludes", "ignore"}};
}

Object layer() {
  return {.name = "layer",
          .path = "images.NAME.layers[]",
          .doc =
              "One layer, made of steps. Within a layer the order of the steps does not matter, and two that write one "
              "path are an error.",
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
               "The layer's name: in messages, in the history, and for environments to change it by.", "app"},
              {"copy",
               list(object("copy")),
               false,
               "Files and folders of the project.",
               "[ { from: public/, to: /www/ } ]",
               "",
               {"copies", "add"}},
              {"files",
               list(object("file")),
               false,
               "Small files whose text stands here.",
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
               "Archives to unpack: tar, with gzip, bzip2, xz or zstd or without, and zip.",
               "[ { from: dist/vendor.tar.gz, to: /opt/vendor } ]",
               "",
               {"archive", "unpack", "extract"}},
              {"remove",
               list(text(Format::file_path)),
               false,
               "Paths of lower layers that are gone from here on (whiteouts). A folder that is removed may be replaced "
               "by a "
               "file or a link in the same layer.",
               "[ /etc/old.conf ]",
               "",
               {"delete", "rm", "whiteouts"}},
              {"capabilities",
               mapping(Format::file_path, text(Format::capabilities)),
               false,
               "File capabilities, in setcap's form, by the path of a file that this layer writes.",
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
          "Copies a file, a folder or what a glob matches. A folder's content goes to `to`; with a `/` at its end `to` "
          "is a folder "
          "that files go into. What `.lapstrakeignore` names stays away, and so do `lapstrake.lock` and "
          "`lapstrake-vendor` "
          "beside the spec, unless a line there takes them back (`!lapstrake.lock`).",
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
           "What to copy: a path or a glob, relative to the spec's folder. `${platform.arch}`, `${platform.os}` and "
           "`${platform.variant}` are filled in for each platform.",
           "public/",
           "",
           {"src", "source"}},
          {"to",
           text(Format::folder_path),
           true,
           "Where in the image. With a `/` at the end: into that folder.",
           "/var/www/html/",
           "",
           {"dest", "dst", "destination", "target", "path"}},
          owner_key("0:0"),
          {"mode",
           text(Format::copy_mode),
           false,
           "The mode of files, in octal, or `keep` for the source's own bits.",
           "\"0644\"",
           "0755 for what is executable, else 0644",
           {"chmod", "permissions", "file_mode"}},
          {"directory_mode",
           text(Format::mode),
           false,
           "The mode of folders, in octal.",
           "\"0750\"",
           "0755",
           {"dir_mode"}},
          include("Copy only what matches one of these patterns (.dockerignore's), relative to `from`."),
          exclude("Leave away what matches one of these patterns (.dockerignore's), relative to `from`."),
          {"special", choice({"refuse", "skip"}), false, "What to do with sockets, FIFOs and devices.", "skip",
           "refuse"},
          {"symlinks", choice({"keep", "follow"}), false,
           "Copy symbolic links as they are, or what they point to inside of the spec's folder.", "follow", "keep"},
          {"xattrs", choice({"keep", "drop"}), false, "Whether extended attributes of the source are copied.", "keep",
           "drop"},
      }};
}

Object file() {
  return {.name = "file",
          .path = "images.NAME.layers[].files[]",
          .doc = "A file whose text stands in the spec. `$${` in it is a literal `${`.",
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
                   {"text", text(), true, "All of its text.", "\"debug=0\\n\"", "", {"content", "contents"}},
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
              "A folder. The folders above it need no entry: those that the base lacks are made 0755 0:0, those it has "
              "stay as they are.",
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
                    "What it points to, absolute or relative to the link's folder.",
                    "/dev/stdout",
                    "",
                    {"to"}},
                   owner_key("0:0")}};
}

Object archive() {
  return {.name = "archive",
          .path = "images.NAME.layers[].archives[]",
          .doc =
              "Unpacks an archive into the layer: tar (with gzip, bzip2, xz or zstd or without) or zip, told by its "
              "content. A `/` at the front of its names is left out.",
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
                    "`${platform.variant}` are "
                    "filled in for each platform.",
                    "dist/vendor.tar.gz",
                    "",
                    {"src", "source"}},
                   {"to",
                    text(Format::folder_path),
                    true,
                    "The folder that it is unpacked into.",
                    "/opt/vendor",
                    "",
                    {"dest", "dst", "destination", "target", "path"}},
                   {"strip_components",
                    integer(0, 64),
                    false,
                    "How many leading parts of each path are dropped.",
                    "1",
                    "0",
                    {"strip", "strip-components"}},
                   owner_key("the archive's own numbers"),
                   include("Unpack only what matches one of these patterns (.dockerignore's)."),
                   exclude("Leave away what matches one of these patterns (.dockerignore's).")}};
}

}  // namespace

std::vector<Object> layer_objects() { return {layer(), copy(), file(), directory(), symlink(), archive()}; }

}  // namespace lapstrake::spec
