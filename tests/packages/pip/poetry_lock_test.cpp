#include <lapstrake/packages/pip/poetry_lock.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

#include "lock_sample.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::pip;

namespace {

std::string poetry_metadata(const std::string& version, const std::string& more = {}) {
  return "[metadata]\nlock-version = \"" + version + "\"\npython-versions = \">=3.9\"\n" + more;
}

std::string poetry_entry(const std::string& name, const std::string& more) {
  return "[[package]]\nname = \"" + name + "\"\nversion = \"1.0\"\noptional = false\npython-versions = \"*\"\n" + more +
         "\nfiles = [{file = \"" + name + "-1.0-py3-none-any.whl\", hash = \"sha256:" + std::string(64, 'a') +
         "\"}, {file = \"" + name + "-1.0.tar.gz\", hash = \"sha256:" + std::string(64, 'b') + "\"}]\n";
}

std::vector<std::string> poetry_names(const std::string& text, const PackageSelection& selection = for_python_311()) {
  return names_and_versions(packages_for(read_poetry_lock("poetry.lock", text), selection));
}

}  // namespace

TEST_CASE("poetry.lock lists the wheels of a package by name and hash") {
  const auto locked =
      read_poetry_lock("poetry.lock", poetry_entry("A.b", "groups = [\"main\"]") + poetry_metadata("2.1"));
  REQUIRE(locked.packages.size() == 1);
  CHECK(locked.packages[0].name == "a-b");
  REQUIRE(locked.packages[0].files.size() == 1);
  CHECK(locked.packages[0].files[0].name == "A.b-1.0-py3-none-any.whl");
  CHECK(locked.packages[0].files[0].checksums.at(0).hex() == std::string(64, 'a'));
  CHECK(locked.packages[0].files[0].url.empty());
  CHECK(locked.packages[0].has_source_archive);
}

TEST_CASE("groups and markers of poetry.lock 2.1 decide which packages apply") {
  const auto text =
      poetry_entry("a", "groups = [\"main\"]") + poetry_entry("b", "groups = [\"dev\"]") +
      poetry_entry("c", "groups = [\"main\", \"dev\"]\nmarkers = {main = \"sys_platform == \\\"win32\\\"\"}") +
      poetry_entry("d", "groups = [\"main\"]\nmarkers = \"python_version < \\\"3.11\\\"\"") +
      poetry_entry("e", "groups = [\"main\"]\nmarkers = \"extra == \\\"mail\\\"\"") + "[extras]\nmail = [\"e\"]\n" +
      poetry_metadata("2.1");
  CHECK(poetry_names(text) == std::vector<std::string>{"a 1.0"});
  CHECK(poetry_names(text, for_python_311({"mail"})) == std::vector<std::string>{"a 1.0", "e 1.0"});
  CHECK(poetry_names(text, for_python_311({}, {"dev"})) == std::vector<std::string>{"a 1.0", "b 1.0", "c 1.0"});
  CHECK_THAT(printed_error([&] { poetry_names(text, for_python_311({}, {"docs"})); }),
             Contains("has no dependency group `docs`"));
}

TEST_CASE("poetry.lock 2.0 gives all packages that are not optional, with a note") {
  const auto text = poetry_entry("a", "") +
                    "[[package]]\nname = \"b\"\nversion = \"1\"\noptional = true\nfiles = []\n" +
                    poetry_metadata("2.0");
  CHECK(poetry_names(text) == std::vector<std::string>{"a 1.0"});
  CHECK_THAT(read_poetry_lock("poetry.lock", text).notes.at(0), Contains("does not record groups and markers"));
}

TEST_CASE("poetry.lock 1.1 has its files in the metadata, and a category") {
  const auto old = [](const std::string& name, const std::string& category) {
    return "[[package]]\nname = \"" + name + "\"\nversion = \"1.0\"\ncategory = \"" + category +
           "\"\noptional = false\n";
  };
  const auto text =
      old("a", "main") + old("b", "dev") +
      poetry_metadata("1.1", "[metadata.files]\nA = [{file = \"a-1.0-py3-none-any.whl\", hash = \"sha256:" +
                                 std::string(64, 'c') + "\"}]\n");
  const auto selected = packages_for(read_poetry_lock("poetry.lock", text), for_python_311());
  CHECK(names_and_versions(selected) == std::vector<std::string>{"a 1.0"});
  CHECK(selected.packages[0].files.at(0).checksums.at(0).hex() == std::string(64, 'c'));
}

TEST_CASE("sources of poetry.lock are indexes, wheels or source code") {
  const auto [source, kind] = GENERATE(table<std::string, PackageSource::Kind>(
      {{"type = \"legacy\"\nurl = \"https://example.com/simple\"\nreference = \"x\"", PackageSource::Kind::index},
       {"type = \"url\"\nurl = \"https://example.com/a-1.0-py3-none-any.whl\"", PackageSource::Kind::wheel},
       {"type = \"file\"\nurl = \"dist/a-1.0-py3-none-any.whl\"", PackageSource::Kind::wheel},
       {"type = \"file\"\nurl = \"dist/a-1.0.tar.gz\"", PackageSource::Kind::archive},
       {"type = \"directory\"\nurl = \"libs/a\"", PackageSource::Kind::folder},
       {"type = \"git\"\nurl = \"https://example.com/a\"", PackageSource::Kind::version_control}}));
  CAPTURE(source);
  const auto locked = read_poetry_lock(
      "poetry.lock", poetry_entry("a", "") + "[package.source]\n" + source + "\n" + poetry_metadata("2.1"));
  CHECK(locked.packages.at(0).source.kind == kind);
  const auto& file = locked.packages[0].files.at(0);
  CHECK(file.url.empty() == (source.find("\"url\"") == std::string::npos));
  CHECK(file.path.empty() == (source.find("\"dist/a-1.0-py3") == std::string::npos));
}

TEST_CASE("mistakes in poetry.lock are reported") {
  const auto [text, message] = GENERATE(table<std::string, std::string>(
      {{"", "the table `metadata` is missing"},
       {poetry_metadata("1.0"), "lock-version `1.0` is not supported"},
       {poetry_metadata("3.0"), "lock-version `3.0` is not supported"},
       {poetry_metadata("new"), "lock-version `new` is not supported"},
       {poetry_entry("a", "markers = \"what\"") + poetry_metadata("2.1"), "poetry.lock:1:1: "},
       {"[[package]]\nname = \"a\"\nfiles = [{file = \"../a\"}]\n" + poetry_metadata("2.1"),
        "`../a` is not the name of a file"},
       {"[[package]]\nname = \"a\"\nfiles = [{file = \"a.whl\", hash = \"sha256:1\"}]\n" + poetry_metadata("2.1"),
        "`hash` is not a hash"}}));
  CAPTURE(text);
  const auto error = failure_of([text = text] { read_poetry_lock("poetry.lock", text); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(report(error), Contains(message));
}
