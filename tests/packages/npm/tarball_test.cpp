#include "tarballs.hpp"

#include <lapstrake/base/error.hpp>
#include <support/failure.hpp>
#include <support/gzip.hpp>

using namespace lapstrake;
using namespace lapstrake::packages;
using namespace lapstrake::packages::npm;
using layers::Kind;

namespace {

const TarMember package_json{.path = "package/package.json", .content = R"({"name": "a", "version": "1.0.0"})"};

std::vector<std::string> listed_tar(const UnpackedArchive& archive) {
  std::vector<std::string> out;
  for (const auto& member : archive.members()) {
    std::string line = member.path;
    if (member.kind == Kind::directory) line += "/";
    line += cat(" ", member.mode / 64, member.mode / 8 % 8, member.mode % 8);
    out.push_back(member.kind == Kind::file ? cat(line, " ", archive.text(member)) : line);
  }
  return out;
}
using TarLines = std::vector<std::string>;

Error refusal_of_tarball(const std::vector<TarMember>& members, const ExpectedPackage& expected = {}) {
  TempDir folder;
  return failure_of([&] { unpacked(folder, tar_of(members), expected); });
}

}  // namespace

TEST_CASE("a tarball is unpacked without the first part of its paths, whatever it is") {
  TempDir folder;
  const auto tar = tar_of({package_json,
                           {.path = "package/lib/a.js", .content = "a"},
                           {.path = "other/b.js", .content = "b"},
                           {.path = "alone", .content = "no folder"},
                           {.path = "package", .kind = Kind::directory},
                           {.path = "package/empty", .kind = Kind::directory, .mode = 0700}});
  const auto out = unpacked(folder, gzip_of(tar, 6), {.name = "a", .version = "1.0.0"});
  CHECK(out.manifest.name == "a");
  CHECK(listed_tar(*out.archive) ==
        TarLines{"b.js 644 b", "lib/a.js 644 a", cat("package.json 644 ", package_json.content)});
}

TEST_CASE("modes are those of npm: readable by all, writable by the owner alone, without setuid") {
  TempDir folder;
  const auto [mode, expected] = GENERATE(table<std::uint32_t, std::uint32_t>(
      {{0, 0644}, {0600, 0644}, {0777, 0755}, {0755, 0755}, {0744, 0744}, {0111, 0755}, {06755, 0755}, {0666, 0644}}));
  const auto out = unpacked(folder, tar_of({package_json, {.path = "package/x", .mode = mode}}));
  CHECK(out.archive->find("x")->mode == expected);
  CHECK(out.archive->find("x")->uid == 0);
}

TEST_CASE("links and folders are dropped") {
  TempDir folder;
  const auto out =
      unpacked(folder, tar_of({package_json,
                               {.path = "package/f", .kind = Kind::directory},
                               {.path = "package/s", .kind = Kind::symlink, .target = "/etc/passwd"},
                               {.path = "package/h", .kind = Kind::hardlink, .target = "package/package.json"}}));
  CHECK(out.archive->members().size() == 1);
}

TEST_CASE("a .gitignore becomes an .npmignore unless the folder had one before") {
  TempDir folder;
  const auto out = unpacked(folder, tar_of({package_json,
                                            {.path = "package/.npmignore", .content = "npm"},
                                            {.path = "package/.gitignore", .content = "git"},
                                            {.path = "package/b/.gitignore", .content = "git"}}));
  CHECK(out.archive->text(*out.archive->find(".npmignore")) == "npm");
  CHECK(out.archive->text(*out.archive->find("b/.npmignore")) == "git");
  CHECK(out.archive->find(".gitignore") == nullptr);
  CHECK(out.archive->find("b/.gitignore") == nullptr);
}

TEST_CASE("of two entries with one path the last one counts, and names may differ in case only") {
  TempDir folder;
  const auto out = unpacked(folder, tar_of({{.path = "package/package.json", .content = R"({"name": "first"})"},
                                            {.path = "package/README", .content = "1"},
                                            {.path = "package/readme", .content = "2"},
                                            package_json}));
  CHECK(out.manifest.name == "a");
  CHECK(listed_tar(*out.archive) ==
        TarLines{"README 644 1", cat("package.json 644 ", package_json.content), "readme 644 2"});
}

TEST_CASE("paths that leave the package are refused") {
  const std::string path = GENERATE("package/../x", "../package/x", "/package/x", "package/a/../../../x");
  const auto error = refusal_of_tarball({package_json, {.path = path}});
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_THAT(error.summary(), Contains("the tarball of `a` 1.0.0"));
}

TEST_CASE("a file in the place of another file's folder is refused") {
  const auto [first, second] =
      GENERATE(table<std::string, std::string>({{"package/x", "package/x/y"}, {"package/x/y", "package/x"}}));
  const auto error = refusal_of_tarball({package_json, {.path = first}, {.path = second}});
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_THAT(error.summary(), Contains("both a file and a folder"));
}

TEST_CASE("a tarball of another package is refused") {
  const auto [expected, reason] = GENERATE(table<ExpectedPackage, std::string>(
      {{{.name = "b", .version = "1.0.0"}, "name `a`"}, {{.name = "a", .version = "1.0.1"}, "version `1.0.0`"}}));
  const auto error = refusal_of_tarball({package_json}, expected);
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK_THAT(error.summary(), Contains("another package"));
  CHECK_THAT(error.reason(), Contains(reason));
}

TEST_CASE("versions are compared without what the registry removes") {
  CHECK(is_same_version("v1.0.0", "1.0.0"));
  CHECK(is_same_version(" = 1.0.0+build.5", "1.0.0"));
  CHECK_FALSE(is_same_version("1.0.0-rc", "1.0.0"));
  CHECK_FALSE(is_same_version("", "1.0.0"));
}

TEST_CASE("a tarball without a valid package.json is refused") {
  const std::string content = GENERATE("", "[]", "{", R"({"name": "a"} x)");
  CHECK(refusal_of_tarball({{.path = "package/package.json", .content = content}}).kind() == ErrorKind::integrity);
  CHECK_THAT(refusal_of_tarball({{.path = "package/index.js"}}).summary(), Contains("no package.json"));
}

TEST_CASE("a package.json is read as npm does") {
  const auto manifest = parse_manifest(
      "\xef\xbb\xbf"
      R"({"name": "x", "name": "@s/a", "version": "1", "bin": "./cli.js",
    "scripts": {"install": "make", "n": 1}, "gypfile": false, "bundledDependencies": ["b"], "os": "linux", "cpu": 3})",
      "the tarball");
  CHECK(manifest.name == "@s/a");
  CHECK(manifest.bin == std::map<std::string, std::string>{{"a", "cli.js"}});
  CHECK(manifest.scripts == std::map<std::string, std::string>{{"install", "make"}});
  CHECK(manifest.is_gyp_disabled);
  CHECK(manifest.bundled == std::vector<std::string>{"b"});
  CHECK(manifest.os == std::vector<std::string>{"linux"});
  CHECK(manifest.cpu.empty());
  CHECK(parse_manifest(R"({"directories": {"bin": "./bin/"}})", "x").bin_folder == "bin");
}

TEST_CASE("the license of package.json is a text or of an old form") {
  auto [text, license] = GENERATE(table<std::string, std::string>({
      {R"x({"license": "(MIT OR CC0-1.0)"})x", "(MIT OR CC0-1.0)"},
      {R"({"license": {"type": "ISC", "url": "x"}})", "ISC"},
      {R"({"licenses": [{"type": "MIT"}, {"type": "GPL-2.0"}, "x"]})", "MIT OR GPL-2.0"},
      {R"({"license": 1})", ""},
      {"{}", ""},
  }));
  CHECK(parse_manifest(text, "x").license == license);
}

TEST_CASE("a tarball that is cut or unpacks to too much is refused") {
  TempDir folder;
  const auto tar = tar_of({package_json, {.path = "package/x", .content = std::string(100'000, 'x')}});
  const auto packed = gzip_of(tar, 9);
  CHECK(failure_of([&] { unpacked(folder, packed.substr(0, packed.size() / 2)); }).kind() == ErrorKind::integrity);
  CHECK(failure_of([&] { unpacked(folder, "not a tar"); }).kind() == ErrorKind::integrity);
}
