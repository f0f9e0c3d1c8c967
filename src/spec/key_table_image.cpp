// Keys of an image and its configuration.
#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/recipe.hpp>

#include "keys.hpp"

namespace lapstrake::spec {
namespace {

Object image() {
  return {
      .name = "image",
      .path = "images.NAME",
      .doc = "An image: its repository, base, layers and configuration.",
      .example = R"(images:
  php-fpm:
    repository: registry.example/my-php-app
    tags: [v1.0.0]
    platforms: [linux/amd64, linux/arm64]
    layers:
      - name: app
        copy: [ { from: "build/${platform.arch}/", to: /usr/ }, { from: public/, to: /var/www/html/ } ]
    entrypoint: [ /usr/sbin/php-fpm8.2, -F ]
    expose: [9000]
)",
      .keys = {
          {"repository",
           text(Format::repository),
           false,
           "The repository that `push` sends the image to. Without it the image is only built.",
           "registry.example/team/web",
           "",
           {"image", "repo", "name"}},
          {"repository_settings",
           object("repository_settings"),
           false,
           "The settings of a repository that `push --create-repository` creates in Amazon ECR.",
           "{ immutable_tags: true, scan_on_push: true }",
           "",
           {"repo_settings", "repositorySettings", "ecr"}},
          {"tags",
           list(text(Format::tag)),
           false,
           "The tags that `push` sets. `latest` is not assumed: without tags the image is pushed by digest only.",
           "[v1.0.0]",
           "",
           {"tag"}},
          {"base",
           text(Format::base),
           false,
           "The base image: `scratch`, or an image as host/repo:tag, host/repo@sha256:..., oci:DIR[:TAG], "
           "oci-archive:FILE or docker-archive:FILE. A path is relative to the spec, and may be outside its folder.",
           "oci:base:v1",
           "scratch",
           {"from", "base_image", "parent"}},
          {"platforms",
           list(text(Format::platform)),
           false,
           "The platforms to build for. More than one creates an index.",
           "[linux/amd64, linux/arm64]",
           "[linux/amd64]",
           {"platform", "arch", "architectures"}},
          {"compression", either(choice({"gzip", "zstd", "none"}), object("compression")), false,
           "How layers are compressed. Amazon ECS runs zstd on Fargate platform 1.4 and later; gzip runs everywhere.",
           "zstd", "gzip"},
          deb_key("Debian packages, in layers below those of `layers`: `os-base` with the base set, and `os-packages`, "
                  "`os-packages-2` and so on for each mapping of a list.",
                  true),
          {"layers",
           list(object("layer")),
           false,
           "The layers, from the lowest to the highest.",
           "[ { name: app, copy: [ { from: public/, to: /www/ } ] } ]",
           "",
           {"layer", "steps"}},
          {"users",
           list(object("user")),
           false,
           "Users to add to the image's /etc/passwd.",
           "[ { name: www-data, uid: 33, gid: 33 } ]",
           "",
           {"accounts"}},
          {"groups", list(object("group")), false, "Groups to add to the image's /etc/group.",
           "[ { name: www-data, gid: 33 } ]"},
          {"entrypoint",
           list(text()),
           false,
           "The program that a container starts, and its first arguments. It runs without a shell.",
           "[ /usr/sbin/nginx, -g, \"daemon off;\" ]",
           "the base's",
           {"entryPoint", "entry_point"}},
          {"cmd",
           list(text()),
           false,
           "The arguments after the entrypoint; a container may replace them.",
           "[ --verbose ]",
           "the base's, if `entrypoint` is absent",
           {"command", "args"}},
          {"env",
           mapping(Format::env_name, text()),
           false,
           "Environment variables, added to those of the base.",
           "{ TZ: UTC }",
           "",
           {"environment", "envs"}},
          {"user", text(Format::owner), false,
           "The user, optionally with `:` and a group, that processes run as: names or numbers.", "www-data",
           "the base's, else root"},
          {"workdir",
           text(Format::folder_path),
           false,
           "The working directory of processes.",
           "/var/www/html",
           "the base's, else /",
           {"working_dir", "workingDirectory", "cwd"}},
          {"expose",
           list(text(Format::port)),
           false,
           "Ports and ranges of ports that the image listens on, as in EXPOSE. This is documentation and opens no "
           "ports.",
           "[9000, 53/udp, 8000-8002]",
           "",
           {"ports", "port"}},
          {"volumes",
           list(text(Format::folder_path)),
           false,
           "Folders that become volumes of a container.",
           "[/data]",
           "",
           {"volume"}},
          {"stopsignal",
           text(Format::signal),
           false,
           "The signal that stops the program.",
           "SIGQUIT",
           "the base's, else SIGTERM",
           {"stop_signal", "stopSignal"}},
          {"author",
           text(Format::one_line),
           false,
           "The author of the image.",
           "Team Web <web@example.com>",
           "",
           {"maintainer", "authors"}},
          {"labels",
           mapping(Format::some, text()),
           false,
           "Labels in the image's configuration.",
           "{ org.opencontainers.image.title: web }",
           "",
           {"label"}},
          {"annotations",
           mapping(Format::some, text()),
           false,
           "Annotations of the image's manifest.",
           "{ org.opencontainers.image.source: https://example.com/web.git }",
           "",
           {"annotation"}},
          {"attachments",
           list(object("attachment")),
           false,
           "Files that a push attaches to the image: bills of materials, reports. They are stored next to the image "
           "and are not part of it.",
           "[ { from: sbom.spdx.json, type: application/spdx+json } ]",
           "",
           {"attachment", "referrers"}},
          {"sbom",
           boolean(),
           false,
           "Attach an SBOM to the image when it is pushed: its packages and their digests, as SPDX and CycloneDX.",
           "true",
           "false",
           {"bom", "spdx", "cyclonedx", "bill_of_materials"}},
      }};
}

Object compression() {
  const int gzip = oci::most_level(oci::Codec::gzip), zstd = oci::most_level(oci::Codec::zstd);
  return {.name = "compression",
          .path = "images.NAME.compression",
          .doc = "Compression with a level. To set only the codec, write `compression: gzip`.",
          .example = R"(images:
  web:
    compression: { type: zstd, level: 19 }
    layers: [ { name: app, copy: [ { from: public/, to: /www/ } ] } ]
)",
          .keys = {{"type", choice({"gzip", "zstd", "none"}), true, "The codec.", "zstd", "", {"codec", "algorithm"}},
                   {"level", integer(1, std::max(gzip, zstd)), false,
                    cat("1 to ", gzip, " for gzip, 1 to ", zstd,
                        " for zstd: a higher level gives smaller layers and takes longer."),
                    "19", "1 for gzip, 2 for zstd"}}};
}

Object attachment() {
  return {.name = "attachment",
          .path = "images.NAME.attachments[]",
          .doc =
              "A file that `push` and `register` attach to the image, in a separate manifest with the image as its "
              "subject. Identical content is attached only once.",
          .example = R"(images:
  web:
    repository: registry.example/team/web
    layers: [ { name: app, copy: [ { from: public/, to: /www/ } ] } ]
    attachments: [ { from: sbom.spdx.json, type: application/spdx+json, required: true } ]
)",
          .keys = {{"from",
                    text(Format::source),
                    true,
                    "The file, relative to the spec.",
                    "sbom.spdx.json",
                    "",
                    {"file", "path", "source"}},
                   {"type",
                    text(Format::media_type),
                    true,
                    "The media type of the file: tools search for attachments by it.",
                    "application/spdx+json",
                    "",
                    {"artifact_type", "artifactType", "media_type", "mediaType"}},
                   {"required", boolean(), false,
                    "Fail if the file cannot be attached. Otherwise a failure is only a warning.", "true", "false"},
                   {"annotations",
                    mapping(Format::some, text()),
                    false,
                    "Annotations of the attachment.",
                    "{ org.opencontainers.image.title: bill of materials }",
                    "",
                    {"annotation"}}}};
}

Object user() {
  return {
      .name = "user",
      .path = "images.NAME.users[]",
      .doc = "A line of /etc/passwd. Owner names are looked up here and in the base, never on this machine.",
      .example = R"(images:
  web:
    users: [ { name: web, uid: 1000, home: /srv, shell: /bin/sh } ]
    groups: [ { name: web, gid: 1000, members: [web] } ]
    user: web
    layers: [ { name: data, directories: [ { path: /srv, owner: web } ] } ]
)",
      .keys = {
          {"name", text(Format::account), true, "The user's name.", "www-data"},
          {"uid", integer(0, 4294967294), true, "The user's number.", "33", "", {"id"}},
          {"gid",
           integer(0, 4294967294),
           false,
           "The number of the user's own group.",
           "33",
           "the number of `uid`",
           {"group"}},
          {"home", text(Format::folder_path), false, "The home folder. It is not created.", "/var/www", "/", {"dir"}},
          {"shell", text(Format::folder_path), false, "The login shell.", "/bin/sh", "/usr/sbin/nologin"},
          {"comment", text(Format::one_line), false, "The full name, or any comment.", "web server", "", {"gecos"}}}};
}

Object group() {
  return {.name = "group",
          .path = "images.NAME.groups[]",
          .doc = "A line of /etc/group.",
          .example = "",
          .keys = {{"name", text(Format::account), true, "The group's name.", "www-data"},
                   {"gid", integer(0, 4294967294), true, "The group's number.", "33", "", {"id"}},
                   {"members",
                    list(text(Format::account)),
                    false,
                    "Users that are members of this group in addition to their own.",
                    "[deploy]",
                    "",
                    {"users"}}}};
}

}  // namespace

std::vector<Object> image_objects() { return {image(), compression(), attachment(), user(), group()}; }

}  // namespace lapstrake::spec
