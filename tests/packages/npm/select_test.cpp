#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/select.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

#include "locks.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::npm;

namespace {

const Target x64{.cpu = "x64"};

// The places, without "node_modules/" at their start.
std::vector<std::string> chosen(const std::string& packages, const SelectOptions& options) {
  std::vector<std::string> out;
  for (const auto& package : select(lock_of(packages), options).packages)
    out.push_back(package.place.starts_with("node_modules/") ? package.place.substr(13) : package.place);
  return out;
}
using PlaceNames = std::vector<std::string>;

}  // namespace

TEST_CASE("packages of omitted kinds are skipped") {
  const std::string packages = R"("": {}, "node_modules/a": {}, "node_modules/dev": {"dev": true},
    "node_modules/opt": {"optional": true}, "node_modules/both": {"devOptional": true}, "node_modules/peer": {"peer": true})";
  const auto of = [&](const std::vector<std::string>& omit) { return chosen(packages, select_options(x64, omit)); };
  CHECK(of({}) == PlaceNames{"a", "both", "dev", "opt", "peer"});
  CHECK(of({"dev"}) == PlaceNames{"a", "both", "opt", "peer"});
  CHECK(of({"optional"}) == PlaceNames{"a", "both", "dev", "peer"});
  CHECK(of({"dev", "optional"}) == PlaceNames{"a", "peer"});
  CHECK(of({"peer"}) == PlaceNames{"a", "both", "dev", "opt"});
  CHECK(failure_of([&] { of({"prod"}); }).kind() == ErrorKind::usage);
}

TEST_CASE("optional packages for other platforms are skipped") {
  const std::string packages = R"(
    "node_modules/darwin": {"optional": true, "os": ["darwin"]},
    "node_modules/arm": {"optional": true, "os": ["linux"], "cpu": ["arm64"]},
    "node_modules/gnu": {"optional": true, "os": ["linux"], "cpu": ["x64"], "libc": ["glibc"]},
    "node_modules/musl": {"optional": true, "os": ["linux"], "cpu": ["x64"], "libc": ["musl"]},
    "node_modules/posix": {"optional": true, "os": ["!win32"]},
    "node_modules/any": {"optional": true, "os": ["any"]})";
  CHECK(chosen(packages, {.target = {.cpu = "x64"}}) == PlaceNames{"any", "gnu", "posix"});
  CHECK(chosen(packages, {.target = {.cpu = "x64", .libc = "musl"}}) == PlaceNames{"any", "musl", "posix"});
  CHECK(chosen(packages, {.target = {.cpu = "arm64"}}) == PlaceNames{"any", "arm", "posix"});
}

TEST_CASE("a list of platforms admits as npm does") {
  CHECK(admits({}, "linux"));
  CHECK(admits({"darwin", "linux"}, "linux"));
  CHECK_FALSE(admits({"darwin"}, "linux"));
  CHECK(admits({"!win32", "!darwin"}, "linux"));
  CHECK_FALSE(admits({"!linux"}, "linux"));
  CHECK_FALSE(admits({"linux", "!linux"}, "linux"));
  CHECK_FALSE(admits({"darwin", "!win32"}, "linux"));
  CHECK_FALSE(admits({"any", "darwin"}, "linux"));
}

TEST_CASE("a skipped optional package takes the packages along that only it needs") {
  const std::string packages = R"(
    "": {"dependencies": {"app": "1", "shared": "1"}},
    "node_modules/app": {"optionalDependencies": {"wasm": "1", "wasi": "1"}},
    "node_modules/wasm": {"optional": true, "cpu": ["wasm32"], "dependencies": {"runtime": "1", "shared": "1", "both": "1"}},
    "node_modules/wasi": {"optional": true, "cpu": ["wasm32"], "dependencies": {"both": "1"}},
    "node_modules/runtime": {"optional": true, "dependencies": {"tslib": "1"}},
    "node_modules/tslib": {"optional": true},
    "node_modules/both": {"optional": true},
    "node_modules/shared": {})";
  CHECK(chosen(packages, {.target = x64}) == PlaceNames{"app", "shared"});
}

TEST_CASE("what requires a skipped package is skipped up to an optional dependency") {
  const std::string packages = R"(
    "": {"dependencies": {"app": "1"}},
    "node_modules/app": {"optionalDependencies": {"watcher": "1"}, "dependencies": {"other": "1"}},
    "node_modules/watcher": {"optional": true, "dependencies": {"native": "1", "other": "1", "own": "1"}},
    "node_modules/native": {"optional": true, "os": ["darwin"]},
    "node_modules/own": {"optional": true},
    "node_modules/other": {})";
  CHECK(chosen(packages, {.target = x64}) == PlaceNames{"app", "other"});
  const auto failed = SelectOptions{.target = {.os = "darwin", .cpu = "x64"}, .failed = {"node_modules/own"}};
  CHECK(chosen(packages, failed) == PlaceNames{"app", "other"});
}

TEST_CASE("a required package that excludes the target is an error that names it") {
  const auto lock = lock_of(R"("node_modules/mac": {"version": "2.0.0", "os": ["darwin"], "cpu": ["!x64"]})");
  const auto error = failure_of([&] { select(lock, {.target = x64}); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.summary(), Contains("`mac` 2.0.0") && Contains("linux/x64 with glibc"));
  CHECK_THAT(error.reason(), Contains("os: darwin; cpu: !x64"));
}

TEST_CASE("bundled packages come with the package around them") {
  const std::string packages = R"(
    "node_modules/a": {"bundleDependencies": ["b"]},
    "node_modules/a/node_modules/b": {"inBundle": true, "os": ["darwin"]},
    "node_modules/a/node_modules/b/node_modules/c": {"inBundle": true},
    "node_modules/d": {"dev": true},
    "node_modules/d/node_modules/e": {"inBundle": true},
    "node_modules/d/node_modules/e/node_modules/f": {})";
  CHECK(chosen(packages, {.target = x64}) == PlaceNames{"a", "a/node_modules/b", "a/node_modules/b/node_modules/c"});
  const auto skipped = select(lock_of(packages), {.target = x64}).skipped;
  REQUIRE(skipped.size() == 3);
  CHECK(skipped[0].reason == SkipReason::omitted);
  CHECK(skipped[2].reason == SkipReason::inside_skipped);
}

TEST_CASE("extraneous packages and workspaces are not installed, links to workspaces are") {
  const std::string packages = R"("node_modules/web": {"resolved": "packages/web", "link": true},
    "packages/web": {}, "packages/web/node_modules/a": {}, "node_modules/x": {"extraneous": true})";
  CHECK(chosen(packages, {.target = x64}) == PlaceNames{"web", "packages/web/node_modules/a"});
}

TEST_CASE("a link out of the project is an error") {
  const std::string target = GENERATE("../lib", "a/../../lib", "/etc", "..");
  const auto lock = lock_of(cat(R"("node_modules/lib": {"resolved": ")", target, R"(", "link": true})"));
  const auto error = failure_of([&] { select(lock, {.target = x64}); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.summary(), Contains("`lib`") && Contains(cat("`", target, "`")));
}

TEST_CASE("a dependency is looked up in the node_modules of each package around") {
  const auto lock = lock_of(R"("": {}, "node_modules/a": {}, "node_modules/b": {}, "node_modules/b/node_modules/a": {},
    "node_modules/b/node_modules/c": {}, "w/x": {}, "w/x/node_modules/d": {})");
  const auto place = [&](const char* from, const char* name) {
    const auto* found = dependency(lock, *lock.find(from), name);
    return found == nullptr ? std::string("missing") : found->place;
  };
  CHECK(place("node_modules/b/node_modules/c", "a") == "node_modules/b/node_modules/a");
  CHECK(place("node_modules/b/node_modules/c", "b") == "node_modules/b");
  CHECK(place("w/x", "d") == "w/x/node_modules/d");
  CHECK(place("w/x", "a") == "node_modules/a");
  CHECK(place("w/x/node_modules/d", "a") == "node_modules/a");
  CHECK(place("", "c") == "missing");
}
