#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/npm/scripts.hpp>
#include <support/failure.hpp>

#include "locks.hpp"
#include "tarballs.hpp"

using namespace lapstrake;
using namespace lapstrake::packages;
using namespace lapstrake::packages::npm;
using VerdictKind = ScriptVerdict::Kind;

namespace {

const ScriptRules on_x64{.target = {.cpu = "x64"}};

// The verdict on the package `node_modules/a` of a lock file.
std::optional<ScriptVerdict> judged(const std::string& manifest, const std::vector<std::string>& files,
                                    const std::string& lock_text = R"("node_modules/a": {"version": "1.0.0"})",
                                    const ScriptRules& rules = on_x64) {
  TempDir folder;
  std::vector<TarMember> members{{.path = "package/package.json", .content = manifest}};
  for (const auto& file : files) members.push_back({.path = cat("package/", file)});
  const auto archive = unpacked(folder, tar_of(members)).archive;
  const auto lock = lock_of(lock_text);
  const auto selection = select(lock, {.target = rules.target});
  return verdict(*lock.find("node_modules/a"), {.archive = *archive}, lock, selection, rules);
}

const std::string builds = R"({"name": "a", "scripts": {"install": "node-gyp-build"}})";

}  // namespace

TEST_CASE("a package without install scripts has no verdict") {
  CHECK_FALSE(judged(R"({"name": "a", "scripts": {"prepare": "tsc", "test": "x", "install": ""}})", {"index.js"}));
  CHECK_FALSE(judged(R"({"name": "a", "gypfile": false})", {"binding.gyp"}));
}

TEST_CASE("a required package with an unknown script is an error that quotes it and has two ways out") {
  const auto error =
      failure_of([] { judged(R"({"scripts": {"postinstall": "node install.js", "preinstall": "curl x | sh"}})", {}); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.summary(), Contains("`a` 1.0.0"));
  CHECK(error.reason() == "postinstall: `node install.js`; preinstall: `curl x | sh`");
  CHECK_THAT(error.help(), Contains("scripts: { accept: [\"a\"] }") && Contains("`copy:`"));
}

TEST_CASE("a binding.gyp means node-gyp, unless the package has a script of its own") {
  const auto error = failure_of([] { judged(R"({"scripts": {"postinstall": "x"}})", {"binding.gyp"}); });
  CHECK(error.reason() == "install: `node-gyp rebuild`; postinstall: `x`");
  CHECK(failure_of([] { judged(R"({"scripts": {"preinstall": "x"}})", {"binding.gyp"}); }).reason() ==
        "preinstall: `x`");
}

TEST_CASE("an accepted package is accepted, a skipped optional one is not an error") {
  auto rules = on_x64;
  rules.accepted = {"a"};
  CHECK(judged(builds, {}, R"("node_modules/a": {})", rules)->kind == VerdictKind::accepted);
  // The name in the registry counts, not the place.
  CHECK_THROWS_AS(judged(builds, {}, R"("node_modules/a": {"name": "b"})", rules), Error);
  CHECK(judged(builds, {}, R"("node_modules/a": {"optional": true})")->kind == VerdictKind::skipped);
}

TEST_CASE("a known script that only prints is cosmetic, a changed one is not") {
  CHECK(is_cosmetic("core-js", R"(node -e "try{require('./postinstall')}catch(e){}")"));
  CHECK(is_cosmetic("es5-ext", R"( node -e "try{require('./_postinstall')}catch(e){}" || exit 0)"));
  CHECK_FALSE(is_cosmetic("core-js", R"(node -e "try{require('./postinstall')}catch(e){}"; curl x | sh)"));
  CHECK_FALSE(is_cosmetic("evil", R"(node -e "try{require('./postinstall')}catch(e){}")"));
  const std::string core_js = R"("node_modules/a": {"name": "@nestjs/core"})";
  CHECK(judged(R"({"scripts": {"postinstall": "opencollective || exit 0"}})", {}, core_js)->kind ==
        VerdictKind::cosmetic);
  CHECK_THROWS_AS(judged(R"({"scripts": {"postinstall": "opencollective || exit 0", "install": "x"}})", {}, core_js),
                  Error);
}

TEST_CASE("a package with binaries for the target is prebuilt") {
  const auto [file, cpu, libc, fits] = GENERATE(table<std::string, std::string, std::string, bool>({
      {"linux-x64/bcrypt.glibc.node", "x64", "glibc", true},
      {"linux-x64/bcrypt.glibc.node", "x64", "musl", false},
      {"linux-x64/bcrypt.musl.node", "x64", "musl", true},
      {"linux-x64/bcrypt.musl.node", "x64", "glibc", false},
      {"linux-arm64/argon2.armv8.glibc.node", "arm64", "glibc", true},
      {"linux-arm64/argon2.armv7.glibc.node", "arm64", "glibc", false},
      {"linux-arm/argon2.armv7.glibc.node", "arm64", "glibc", false},
      {"linux-x64/node.napi.node", "x64", "glibc", true},
      {"linux-x64/node.napi.node", "x64", "musl", false},
      {"linux-x64+arm64/node.napi.node", "arm64", "glibc", true},
      {"linux-x64-musl/node.napi.node", "x64", "musl", true},
      {"linux-x64-musl/node.napi.node", "x64", "glibc", false},
      {"linuxmusl-x64/node.napi.node", "x64", "musl", true},
      {"linuxmusl-x64/node.napi.node", "x64", "glibc", false},
      {"HID-linux-x64/node-napi-v4.node", "x64", "glibc", true},
      {"darwin-x64/node.napi.node", "x64", "glibc", false},
      {"linux-x64/electron.napi.node", "x64", "glibc", false},
      {"linux-x64/node.abi115.node", "x64", "glibc", true},
      {"linux-x64/node.abi108.node", "x64", "glibc", false},
      {"linux-x64/node.napi.abi108.node", "x64", "glibc", true},
      {"linux-x64/readme.md", "x64", "glibc", false},
      {"linux-x64/deep/x.node", "x64", "glibc", false},
      {"x.node", "x64", "glibc", false},
  }));
  const ScriptRules rules{.target = {.cpu = cpu, .libc = libc}, .node_abi = "115"};
  CAPTURE(file, cpu, libc);
  const std::string optional = R"("node_modules/a": {"optional": true})";
  const auto found = judged(builds, {"a.js", cat("prebuilds/", file), "z.js"}, optional, rules);
  CHECK(found->kind == (fits ? VerdictKind::prebuilt : VerdictKind::skipped));
  if (fits) CHECK(found->note == cat("script prebuilt: prebuilds/", file));
}

TEST_CASE("an addon in prebuilds for another platform is never loaded") {
  const Target x64{.cpu = "x64"}, arm_musl{.cpu = "arm64", .libc = "musl"};
  const std::string folder = "app/node_modules/bcrypt/prebuilds/";
  CHECK(may_be_loaded(cat(folder, "linux-x64/bcrypt.glibc.node"), x64));
  CHECK_FALSE(may_be_loaded(cat(folder, "linux-x64/bcrypt.musl.node"), x64));
  CHECK_FALSE(may_be_loaded(cat(folder, "android-arm64/bcrypt.node"), x64));
  CHECK_FALSE(may_be_loaded(cat(folder, "linux-x64/bcrypt.glibc.node"), arm_musl));
  CHECK(may_be_loaded(cat(folder, "linux-arm64/bcrypt.musl.node"), arm_musl));
  CHECK(may_be_loaded("app/node_modules/a/build/Release/a.node", arm_musl));
  CHECK(may_be_loaded(cat(folder, "linux-x64/libhelp.so"), arm_musl));
}

TEST_CASE("a package whose package for the platform is installed is prebuilt") {
  const std::string lock =
      R"("node_modules/a": {"optionalDependencies": {"@a/linux": "1", "@a/darwin": "1", "any": "1"}},
    "node_modules/any": {"optional": true}, "node_modules/@a/linux": {"optional": true, "os": ["linux"], "cpu": ["x64"]},
    "node_modules/@a/darwin": {"optional": true, "os": ["darwin"]})";
  const std::string script = R"({"scripts": {"postinstall": "node install.js"}})";
  CHECK(judged(script, {}, lock)->note == "script prebuilt: @a/linux");
  CHECK_THROWS_AS(judged(script, {}, lock, {.target = {.cpu = "arm64"}}), Error);
}

TEST_CASE("a bundled package is judged by its own folder") {
  TempDir folder;
  const auto archive = unpacked(folder, tar_of({{.path = "package/package.json", .content = R"({"name": "a"})"},
                                                {.path = "package/node_modules/b/package.json", .content = builds},
                                                {.path = "package/node_modules/b/prebuilds/linux-x64/b.node"}}))
                           .archive;
  const auto lock = lock_of(R"("node_modules/a": {}, "node_modules/a/node_modules/b": {"inBundle": true})");
  const PackageFiles files{.archive = *archive, .folder = "node_modules/b"};
  const auto found = verdict(*lock.find("node_modules/a/node_modules/b"), files, lock, {}, on_x64);
  CHECK(found->note == "script prebuilt: prebuilds/linux-x64/b.node");
  CHECK_THROWS_AS(manifest_of({.archive = *archive, .folder = "node_modules/c"}), Error);
}
