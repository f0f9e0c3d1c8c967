#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/npm/tarball_source.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

using namespace lapstrake;
using namespace lapstrake::packages::npm;

namespace {

TarballSource source(const std::string& name, const std::string& resolved, const std::string& version = "1.0.0") {
  LockedPackage package;
  package.name = name;
  package.version = version;
  package.resolved = resolved;
  return tarball_source(package);
}

}  // namespace

TEST_CASE("a URL of the standard form means the configured registry, whatever its host") {
  const auto [name, resolved, location] = GENERATE(table<std::string, std::string, std::string>({
      {"a", "https://registry.npm.example/a/-/a-1.0.0.tgz", "a/-/a-1.0.0.tgz"},
      {"a", "http://mirror.example:4873/repo/npm/a/-/a-1.0.0.tgz", "a/-/a-1.0.0.tgz"},
      {"@s/a", "https://registry.npm.example/@s/a/-/a-1.0.0.tgz", "@s/a/-/a-1.0.0.tgz"},
      {"@s/a", "https://registry.npm.example/@s%2fa/-/a-1.0.0.tgz", "@s/a/-/a-1.0.0.tgz"},
      {"JSONStream", "https://registry.npm.example/JSONStream/-/JSONStream-1.3.5.tgz",
       "JSONStream/-/JSONStream-1.3.5.tgz"},
      {"a", "", "a/-/a-1.0.0.tgz"},
      {"@s/a", "", "@s/a/-/a-1.0.0.tgz"},
  }));
  const auto found = source(name, resolved);
  CHECK(found.kind == TarballSource::Kind::registry);
  CHECK(found.location == location);
}

TEST_CASE("other URLs are taken as they are") {
  const std::string url = GENERATE("https://files.example/a.tgz", "https://files.example/b/-/a-1.0.0.tgz",
                                   "https://files.example/a/-/x/a-1.0.0.tgz", "https://h.example/download/a/1.0.0?x=1",
                                   "https://files.example/xa/-/a-1.0.0.tgz");
  const auto found = source("a", url);
  CHECK(found.kind == TarballSource::Kind::url);
  CHECK(found.location == url);
}

TEST_CASE("a tarball of the project is a file in its folder") {
  CHECK(source("a", "file:vendor/../lib/a-1.0.0.tgz").location == "lib/a-1.0.0.tgz");
  CHECK(source("a", "file:a%20b.tgz").location == "a b.tgz");
  CHECK(source("a", "file:a.tgz").kind == TarballSource::Kind::file);
  const std::string outside =
      GENERATE("file:../a.tgz", "file:/etc/a.tgz", "file:", "file:x/../../a.tgz", "file:%2e%2e/a");
  const auto error = failure_of([&] { source("a", outside); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.summary(), Contains("outside"));
}

TEST_CASE("dependencies from git and unknown places are refused with a way out") {
  const auto [resolved, help] = GENERATE(table<std::string, std::string>({
      {"git+ssh://git@github.com/a/b.git#0123", "npm pack"},
      {"git://github.com/a/b.git#0123", "npm pack"},
      {"github:a/b", "npm install"},
      {"ftp://h/a.tgz", "npm install --package-lock-only"},
      {"https://u:hunter2@h/a.tgz", "npm install --package-lock-only"},
  }));
  const auto error = failure_of([&, given = resolved] { source("a", given); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.summary(), Contains("`a` 1.0.0"));
  CHECK_THAT(error.help(), Contains(help));
  CHECK_THAT(report(error), !Contains("hunter2"));
  CHECK(failure_of([&] { source("a", "", ""); }).kind() == ErrorKind::usage);
}
