#include "reading.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::spec;

namespace {

Image image_of(std::string_view text, ReadOptions options = {}) {
  auto result = read_text(text, std::move(options));
  INFO(only(result));
  REQUIRE(result.project);
  return result.project->images.at(0);
}

Project migration(const std::string& environment) {
  ReadOptions options;
  options.file = std::filesystem::path(LAPSTRAKE_SOURCE_DIR) / "testdata/spec/good/migration.yaml";
  if (!environment.empty()) options.environment = environment;
  return read(options).project.value();
}

}  // namespace

TEST_CASE("an image with nothing said is linux/amd64, gzip, from scratch, by digest alone") {
  const auto image = image_of("images: { web: { layers: [ { name: a, remove: [/x] } ] } }");
  CHECK(image.name == "web");
  CHECK(image.platforms == std::vector{oci::Platform{}});
  CHECK(image.compression == oci::Compression{});
  CHECK_FALSE(image.base);
  CHECK(image.repository.empty());
  CHECK(image.tags.empty());
  CHECK_FALSE(image.entrypoint);
  CHECK(image.where.line == 1);
  CHECK(image.where.column == 11);
}

TEST_CASE("all keys of an image arrive in it") {
  const auto image = migration("").images.at(0);
  CHECK(image.repository == "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-php-app");
  CHECK(image.tags == std::vector<std::string>{"v1.0.0"});
  CHECK(image.platforms ==
        std::vector{oci::Platform{}, oci::Platform{.os = "linux", .architecture = "arm64", .variant = ""}});
  CHECK(image.compression == oci::Compression{.codec = oci::Codec::zstd, .level = 3});
  CHECK(image.user == "www-data");
  CHECK(image.workdir == "/var/www/html");
  CHECK(image.expose == std::vector<std::string>{"9000/tcp"});
  CHECK(image.stopsignal == "SIGQUIT");
  CHECK(image.env ==
        std::map<std::string, std::string>{{"APP_RELEASE", "local"}, {"APP_VERSION", "v1.0.0"}, {"TZ", "UTC"}});
  const auto base = std::get<oci::DiskReference>(image.base.value());
  CHECK(base.form == oci::DiskReference::Form::oci_archive);
  CHECK(base.path.string().ends_with("testdata/spec/good/bases/php-8.2-fpm.tar"));
}

TEST_CASE("ranges of ports are all of their ports, each once, as EXPOSE has them") {
  const TempDir folder;
  const auto ports = [&](const std::string& list) {
    const auto result = read_in(folder, cat("images: { a: { base: scratch, layers: [ { name: l, files: [ { path: /x, "
                                            "text: x } ] } ], expose: ",
                                            list, " } }\n"));
    return result.project ? join(result.project->images.at(0).expose, " ") : reports(result, folder.path());
  };
  CHECK(ports("[8000-8002]") == "8000/tcp 8001/tcp 8002/tcp");
  CHECK(ports("[8000-8001/udp, 53/udp, 7]") == "8000/udp 8001/udp 53/udp 7/tcp");
  CHECK(ports("[8000-8002, 8001, 8002-8003]") == "8000/tcp 8001/tcp 8002/tcp 8003/tcp");
  CHECK(split(ports("[1-65535]"), ' ').size() == 65'535);
  CHECK_THAT(ports("[8002-8000]"), Contains("is not a valid port"));
  CHECK_THAT(ports("[8000-]"), Contains("is not a valid port"));
  CHECK_THAT(ports("[0-3]"), Contains("is not a valid port"));
  CHECK_THAT(ports("[1-65536]"), Contains("is not a valid port"));
  CHECK_THAT(ports("[8000-8001, 8000-8001/tcp]"), Contains("duplicate port"));
  CHECK_THAT(ports("[1-65535, 1-65535/udp]"), Contains("exposes more than 65536 ports"));
}

TEST_CASE("a repository's settings arrive in its image") {
  ReadOptions options;
  options.file = std::filesystem::path(LAPSTRAKE_SOURCE_DIR) / "testdata/spec/good/repository_settings.yaml";
  const auto images = read(options).project.value().images;
  const auto web = images.at(0).repository_settings.value(), api = images.at(1).repository_settings.value();
  CHECK(web.immutable_tags == true);
  CHECK(web.immutable_tags_except == std::vector<std::string>{"latest", "dev-*"});
  CHECK(web.scan_on_push == true);
  CHECK(web.encryption == "KMS");
  CHECK(web.kms_key == "alias/images");
  CHECK(web.tags == std::map<std::string, std::string>{{"team", "web"}});
  CHECK(api.immutable_tags == false);
  CHECK_FALSE(api.scan_on_push);
  CHECK(api.encryption == "AES256");
  CHECK_FALSE(image_of("images: { web: { layers: [ { name: a, remove: [/x] } ] } }").repository_settings);
}

TEST_CASE("the steps of a layer arrive in its recipe") {
  const auto layers = migration("").images.at(0).layers;
  REQUIRE(layers.size() == 2);
  const auto& archive = layers[0].archives.at(0);
  CHECK(archive.from == "dist/vendor-${platform.arch}.tar.gz");
  CHECK(archive.strip_components == 1);
  CHECK(archive.owner->user == "www-data");
  CHECK_FALSE(archive.owner->group_given);
  const auto& first = layers[1].copies.at(0);
  CHECK(first.from == "public/");
  CHECK(first.to == "/var/www/html/public/");
  CHECK(first.exclude == std::vector<std::string>{"**/*.map"});
  CHECK_FALSE(first.mode);
  CHECK(layers[1].copies.at(1).mode == 0640);
  CHECK(layers[1].copies.at(1).directory_mode == 0750);
  CHECK(layers[1].files.at(0).text == "memory_limit = 256M\nerror_log = /dev/stderr\n");
  CHECK(layers[1].files.at(0).where.line == 23);
}

TEST_CASE("text is taken as it is written, quoted or not") {
  const auto image = image_of(R"(vars: { octal: 012 }
images:
  web:
    base: oci:a
    env: { A: 1.10, B: 012, C: no, D: true, E: 1e3, F: "", G: "null", H: 33:33, I: "${vars.octal}", J: "$${HOME}", K: "a$$b" }
)");
  CHECK(image.env == std::map<std::string, std::string>{{"A", "1.10"},
                                                        {"B", "012"},
                                                        {"C", "no"},
                                                        {"D", "true"},
                                                        {"E", "1e3"},
                                                        {"F", ""},
                                                        {"G", "null"},
                                                        {"H", "33:33"},
                                                        {"I", "012"},
                                                        {"J", "${HOME}"},
                                                        {"K", "a$$b"}});
}

TEST_CASE("modes are octal, owners have halves, attributes are bytes, paths are clean") {
  const auto layer = image_of(R"(images:
  web:
    layers:
      - name: a
        copy: [ { from: ./a//b, to: //c/./d, mode: keep, owner: "33", special: skip, symlinks: follow, xattrs: keep } ]
        files: [ { path: /e, text: x, mode: 4755, owner: web:0, xattrs: { user.a: plain, user.b: "0x00Ff", user.c: "0saGk=" } } ]
        directories: [ { path: /f/, mode: 1777 }, { path: /g } ]
        capabilities: { /e: cap_net_raw=ep }
)")
                         .layers.at(0);
  const auto& copy = layer.copies.at(0);
  CHECK(copy.from == "a/b");
  CHECK(copy.to == "/c/d");
  CHECK(copy.keep_mode);
  CHECK_FALSE(copy.mode);
  CHECK(copy.owner.group == "33");
  CHECK_FALSE(copy.owner.group_given);
  CHECK(copy.special == oci::Copy::Special::skip);
  CHECK(copy.symlinks == oci::Copy::Symlinks::follow);
  CHECK(copy.keep_xattrs);
  CHECK(layer.files.at(0).mode == 04755);
  CHECK(layer.files.at(0).owner.user == "web");
  CHECK(layer.files.at(0).owner.group == "0");
  CHECK(layer.files.at(0).xattrs ==
        oci::Xattrs{{"user.a", "plain"}, {"user.b", std::string("\0\xff", 2)}, {"user.c", "hi"}});
  CHECK(layer.directories.at(0).path == "/f");
  CHECK(layer.directories.at(0).mode == 01777);
  CHECK(layer.directories.at(1).mode == 0755);
  CHECK(layer.capabilities.at(0).path == "/e");
}

TEST_CASE("a user's group is its own number unless it is said") {
  const auto accounts =
      image_of("images: { web: { base: 'oci:a', users: [ { name: a, uid: 7 }, { name: b, uid: 8, gid: 9 } ] } }")
          .accounts;
  CHECK(accounts.users.at(0).gid == 7);
  CHECK(accounts.users.at(1).gid == 9);
  CHECK(accounts.users.at(0).shell == "/usr/sbin/nologin");
}

TEST_CASE("an empty command is not an absent one") {
  const auto image = image_of("images: { web: { base: 'oci:a', cmd: [] } }");
  CHECK(image.cmd == std::vector<std::string>{});
  CHECK_FALSE(image.entrypoint);
}

TEST_CASE("a base in a registry is a reference, with its tag or digest") {
  const auto base = std::get<oci::RegistryReference>(
      image_of("images: { web: { base: 'public.ecr.aws/nginx/nginx:1.27' } }").base.value());
  CHECK(base.host == "public.ecr.aws");
  CHECK(base.tag == "1.27");
}

TEST_CASE("files of registries are whole paths beside the spec") {
  const TempDir folder;
  const auto project =
      read_in(folder, "registries: { 'Host.example:5000': { ca: certs/../ca.pem, insecure: true } }").project.value();
  const auto& settings = project.registries.at("host.example:5000");
  CHECK(settings.ca == folder / "ca.pem");
  CHECK(settings.insecure);
  CHECK_FALSE(settings.client_key);
}

TEST_CASE("a source outside of the folder is taken when that is allowed") {
  const std::string text = "images: { web: { layers: [ { name: a, copy: [ { from: ../x, to: /x } ] } ] } }";
  CHECK_THAT(only(read_text(text)), Contains("outside the spec's folder"));
  CHECK(read_text(text, {.environment = {}, .set = {}, .environment_variables = {}, .allow_outside = true}).project);
}

TEST_CASE("a spec that cannot be read at all is an input error") {
  const TempDir folder;
  ReadOptions options;
  options.file = folder / "absent.yaml";
  try {
    read(options);
    FAIL("it was read");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::input);
    CHECK_THAT(error.summary(), Contains("absent.yaml"));
  }
}

TEST_CASE("an empty name of a spec is a mistake of usage") {
  ReadOptions options;
  options.file = "";
  try {
    read(options);
    FAIL("it was read");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(error.summary() == "the name of the spec file is empty");
  }
}

TEST_CASE("a report shows a file's name without its control bytes") {
  Finding finding;
  finding.message = "wrong";
  finding.where.file = "a\x1b[2J\xff\n.yaml";
  CHECK_THAT(report(finding), Contains("--> a\\x1b[2J\\xff\\x0a.yaml\n"));
  finding.where.line = 3;
  CHECK_THAT(report(finding), Contains("--> a\\x1b[2J\\xff\\x0a.yaml:3:"));
}
