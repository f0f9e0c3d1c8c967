#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/npm/lock_file.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

#include "locks.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::npm;

namespace {

Error refusal_of_lock(const std::string& text) {
  return failure_of([&] { parse_lock_file(text, "`package-lock.json`"); });
}

}  // namespace

TEST_CASE("a lock file has its packages by place") {
  const auto lock = lock_of(R"(
    "": {"name": "app", "version": "1.2.3", "dependencies": {"a": "^1"}, "devDependencies": {"d": "*"},
         "optionalDependencies": {"o": "1"}},
    "node_modules/a": {"version": "1.0.0", "resolved": "https://registry.npm.example/a/-/a-1.0.0.tgz",
      "integrity": "sha512-x", "license": "MIT", "hasInstallScript": true, "os": ["linux", "!win32"], "cpu": "x64",
      "bin": {"a": "./bin/a.js", "../b": "b.js"}, "engines": {"node": ">=18"}, "bundleDependencies": ["x"],
      "peerDependencies": {"p": "1", "q": "1"}, "peerDependenciesMeta": {"q": {"optional": true}}},
    "node_modules/a/node_modules/@scope/b": {"version": "2.0.0", "inBundle": true, "optional": true, "peer": true},
    "node_modules/alias": {"name": "Real.Name", "version": "1.0.0", "dev": true, "devOptional": true},
    "node_modules/web": {"resolved": "packages/web", "link": true},
    "packages/web": {"version": "0.1.0", "dependencies": {"a": "1"}})");
  CHECK(lock.name == "app");
  REQUIRE(lock.packages.size() == 6);
  const auto& a = *lock.find("node_modules/a");
  CHECK(a.name == "a");
  CHECK(a.version == "1.0.0");
  CHECK(a.resolved == "https://registry.npm.example/a/-/a-1.0.0.tgz");
  CHECK(a.integrity == "sha512-x");
  CHECK(a.has_install_script);
  CHECK_FALSE(a.dev);
  CHECK(a.os == std::vector<std::string>{"linux", "!win32"});
  CHECK(a.cpu == std::vector<std::string>{"x64"});
  CHECK(a.bin == std::map<std::string, std::string>{{"a", "bin/a.js"}, {"b", "b.js"}});
  CHECK(a.engines.at("node") == ">=18");
  CHECK(a.bundled == std::vector<std::string>{"x"});
  CHECK(a.required == std::map<std::string, std::string>{{"p", "1"}});
  CHECK(a.optionally_required == std::map<std::string, std::string>{{"q", "1"}});
  const auto& b = *lock.find("node_modules/a/node_modules/@scope/b");
  CHECK(b.name == "@scope/b");
  CHECK((b.in_bundle && b.optional && b.peer));
  CHECK(lock.find("node_modules/alias")->name == "Real.Name");
  CHECK(lock.find("node_modules/web")->link);
  CHECK_FALSE(lock.find("packages/web")->is_in_node_modules());
  CHECK(lock.find("")->required.size() == 2);
  CHECK(lock.find("")->optionally_required.contains("o"));
  CHECK(lock.find("node_modules/x") == nullptr);
}

TEST_CASE("a lone `bin` belongs to the package's own name, without its scope") {
  const auto lock = lock_of(R"("node_modules/@s/tool": {"version": "1", "bin": "/cli.js"}, "": {"bin": 3})");
  CHECK(lock.find("node_modules/@s/tool")->bin == std::map<std::string, std::string>{{"tool", "cli.js"}});
}

TEST_CASE("places outside of the project and invalid package names are refused") {
  const std::string place =
      GENERATE("node_modules/..", "node_modules/a/../b", "/node_modules/a", "node_modules/a/", "node_modules//a",
               "./node_modules/a", "node_modules", "a/node_modules", "node_modules/.bin", "node_modules/@s",
               "node_modules/@s/.b", "node_modules/a/b", "node_modules/@/b", "node_modules/a b", "node_modules/a\\\\b",
               "a\\u0000b", "node_modules/node_modules", "node_modules/\\u00e4");
  const auto error = failure_of([&] { lock_of(cat("\"", place, R"(": {"version": "1.0.0"})")); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.summary(), Contains("place") && Contains("`package-lock.json`"));
}

TEST_CASE("the name of an alias is checked too") {
  const auto error = failure_of([&] { lock_of(R"("node_modules/a": {"name": "../../etc"})"); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.summary(), Contains("`../../etc`"));
}

TEST_CASE("old names with capitals and punctuation are valid places") {
  for (const std::string name : {"JSONStream", "@Scope/x", "a.b_c~d", "-", "_x", "x'y!"})
    CHECK(lock_of(cat("\"node_modules/", name, R"(": {"version": "1"})")).packages.size() == 1);
}

TEST_CASE("folders outside of the project are skipped") {
  CHECK(lock_of(R"("../lib": {"version": "1"}, "../lib/node_modules/a": {}, "": {})").packages.size() == 1);
}

TEST_CASE("lock files of other versions and tools are refused with a way out") {
  const auto [text, summary, help] = GENERATE(table<std::string, std::string, std::string>({
      {R"({"lockfileVersion": 1, "dependencies": {}})", "lockfileVersion 1", "npm install --package-lock-only"},
      {R"({"name": "x", "dependencies": {}})", "lockfileVersion 1", "npm install --package-lock-only"},
      {R"({"lockfileVersion": 4, "packages": {}})", "lockfileVersion 4", "--lockfile-version 3"},
      {R"({"lockfileVersion": "9.0"})", "not a lock file of npm", "--lockfile-version 3"},
      {"{}", "not a lock file of npm", "--lockfile-version 3"},
      {R"({"lockfileVersion": 3})", "no member `packages`", "npm install --package-lock-only"},
      {"# THIS IS AN AUTOGENERATED FILE\n# yarn lockfile v1\n", "Yarn", "npm install --package-lock-only"},
      {"__metadata:\n  version: 8\n", "Yarn", "copy:"},
      {"lockfileVersion: '9.0'\n\nsettings:\n", "pnpm", "pnpm deploy"},
      {"<<<<<<< HEAD\n{", "not valid JSON", "npm install --package-lock-only"},
  }));
  const auto error = refusal_of_lock(text);
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.summary(), Contains(summary));
  CHECK_THAT(error.help(), Contains(help));
}

TEST_CASE("a lock file with too many values is refused") {
  std::string list = "0";
  for (int i = 0; i < 2'000'001; ++i) list += ",0";
  const auto error = refusal_of_lock(cat(R"({"lockfileVersion": 3, "packages": {}, "x": [)", list, "]}"));
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.summary(), Contains("more than 2000000 values"));
}
