// An image and what its configuration is made of.
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
      .doc = "An image: where it goes, what it starts from, its layers, and how it runs.",
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
           "Where `push` puts the image. Without it the image is only built.",
           "registry.example/team/web",
           "",
           {"image", "repo", "name"}},
          {"repository_settings",
           object("repository_settings"),
           false,
           "What `push --create-repository` makes the repository with, at Amazon ECR.",
           "{ immutable_tags: true, scan_on_push: true }",
           "",
           {"repo_settings", "repositorySettings", "ecr"}},
          {"tags",
           list(text(Format::tag)),
           false,
           "The tags that `push` sets. `latest` is not assumed: without tags the image is pushed by its digest alone.",
           "[v1.0.0]",
           "",
           {"tag"}},
          {"base",
           text(Format::base),
           false,
           "What the layers are laid on: `scratch`, or an image as host/repo:tag, host/repo@sha256:..., oci:DIR[:TAG], "
           "oci-archive:FILE or docker-archive:FILE. A path is relative to the spec, and may lead out of its folder.",
           "oci:base:v1",
           "scratch",
           {"from", "base_image", "parent"}},
          {"platforms",
           list(text(Format::platform)),
           false,
           "The platforms to build for. More than one makes an index.",
           "[linux/amd64, linux/arm64]",
           "[linux/amd64]",
           {"platform", "arch", "architectures"}},
          {"compression", either(choice({"gzip", "zstd", "none"}), object("compression")), false,
           "How layers are compressed. Amazon ECS runs zstd on Fargate platform 1.4 and later; gzip runs everywhere.",
           "zstd", "gzip"},
          {"layers",
           list(object("layer")),
           false,
           "The layers, each laid on the ones before it.",
           "[ { name: app, copy: [ { from: public/, to: /www/ } ] } ]",
           "",
           {"layer", "steps"}},
          {"users",
           list(object("user")),
           false,
           "Users that the image's /etc/passwd gains.",
           "[ { name: www-data, uid: 33, gid: 33 } ]",
           "",
           {"accounts"}},
          {"groups", list(object("group")), false, "Groups that the image's /etc/group gains.",
           "[ { name: www-data, gid: 33 } ]"},
          {"entrypoint",
           list(text()),
           false,
           "The program that a container starts, and its first arguments. No shell is put before it.",
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
           "Environment variables; added to the base's.",
           "{ TZ: UTC }",
           "",
           {"environment", "envs"}},
          {"user", text(Format::owner), false,
           "The user, and with a colon the group, that processes run as: names or numbers.", "www-data",
           "the base's, else root"},
          {"workdir",
           text(Format::folder_path),
           false,
           "The folder that processes start in.",
           "/var/www/html",
           "the base's, else /",
           {"working_dir", "workingDirectory", "cwd"}},
          {"expose",
           list(text(Format::port)),
           false,
           "Ports that the image listens on, and ranges of them, as EXPOSE has them. It says so and opens nothing.",
           "[9000, 53/udp, 8000-8002]",
           "",
           {"ports", "port"}},
          {"volumes",
           list(text(Format::folder_path)),
           false,
           "Folders that a container gets as volumes.",
           "[/data]",
           "",
           {"volume"}},
          {"stopsignal",
           text(Format::signal),
           false,
           "The signal that asks the program to end.",
           "SIGQUIT",
           "the base's, else SIGTERM",
           {"stop_signal", "stopSignal"}},
          {"author",
           text(Format::one_line),
           false,
           "Who answers for the image.",
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
           "Files that a push attaches to the image: bills of materials, reports. They are stored beside the image and "
           "are no part of it.",
           "[ { from: sbom.spdx.json, type: application/spdx+json } ]",
           "",
           {"attachment", "referrers", "sbom"}},
      }};
}

Object compression() {
  const int gzip = oci::most_level(oci::Codec::gzip), zstd = oci::most_level(oci::Codec::zstd);
  return {.name = "compression",
          .path = "images.NAME.compression",
          .doc = "Compression with a level. A codec alone may stand as text: `compression: gzip`.",
          .example = R"(images:
  web:
    compression: { type: zstd, level: 19 }
    layers: [ { name: app, copy: [ { from: public/, to: /www/ } ] } ]
)",
          .keys = {{"type", choice({"gzip", "zstd", "none"}), true, "The codec.", "zstd", "", {"codec", "algorithm"}},
                   {"level", integer(1, std::max(gzip, zstd)), false,
                    cat("1 to ", gzip, " for gzip, 1 to ", zstd, " for zstd: more is smaller and slower."), "19",
                    "1 for gzip, 2 for zstd"}}};
}

Object attachment() {
  return {.name = "attachment",
          .path = "images.NAME.attachments[]",
          .doc =
              "A file that `push` and `register` attach to the image, as a manifest of its own that names the image as "
              "its subject. The same bytes are attached once.",
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
                    "What it is, as a media type: tools look for it by this.",
                    "application/spdx+json",
                    "",
                    {"artifact_type", "artifactType", "media_type", "mediaType"}},
                   {"required", boolean(), false,
                    "Fail when it cannot be attached. Without this a failure is a warning, and the image stands.",
                    "true", "false"},
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
      .doc = "A line of /etc/passwd. Owners by name are looked up here and in the base, never on this machine.",
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
          {"home", text(Format::folder_path), false, "The home folder. It is not made.", "/var/www", "/", {"dir"}},
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
                    "Users that are in this group besides their own.",
                    "[deploy]",
                    "",
                    {"users"}}}};
}

}  // namespace

std::vector<Object> image_objects() { return {image(), compression(), attachment(), user(), group()}; }

}  // namespace lapstrake::spec
