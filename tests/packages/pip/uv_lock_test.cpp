#include <lapstrake/packages/pip/uv_lock.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

#include "lock_sample.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::pip;

namespace {

const std::string uv_head = "version = 1\nrevision = 3\nrequires-python = \">=3.9\"\n";

std::string uv_entry(const std::string& name, const std::string& version, const std::string& more = {}) {
  return "[[package]]\nname = \"" + name + "\"\nversion = \"" + version +
         "\"\nsource = { registry = \"https://example.com/simple\" }\n" + "wheels = [{ url = \"https://example.com/" +
         name + "-" + version + "-py3-none-any.whl\", hash = \"sha256:" + std::string(64, 'a') + "\", size = 7 }]\n" +
         more + "\n";
}

std::string uv_project(const std::string& more, const std::string& source = "virtual = \".\"") {
  return "[[package]]\nname = \"app\"\nversion = \"0.1\"\nsource = { " + source + " }\n" + more + "\n";
}

std::vector<std::string> uv_names(const std::string& text, const PackageSelection& selection = for_python_311()) {
  return names_and_versions(packages_for(read_uv_lock("uv.lock", text), selection));
}

std::string uv_refusal(const std::string& text, const std::string& project = {}) {
  return printed_error([&] { packages_for(read_uv_lock("uv.lock", text, project), for_python_311()); });
}

}  // namespace

TEST_CASE("uv.lock is walked from the project over markers") {
  const auto text =
      uv_head +
      uv_project("dependencies = [{ name = \"a\" }, { name = \"w\", marker = \"sys_platform == 'win32'\" }]") +
      uv_entry("a", "1", "dependencies = [{ name = \"b\", marker = \"python_full_version >= '3.11'\" }]") +
      uv_entry("b", "2", "dependencies = [{ name = \"a\" }]") +  // a cycle
      uv_entry("w", "1", "dependencies = [{ name = \"unused\" }]") + uv_entry("unused", "1");
  CHECK(uv_names(text) == std::vector<std::string>{"a 1", "b 2"});
}

TEST_CASE("a wheel of uv.lock has URL, hash and size") {
  const auto selected = packages_for(
      read_uv_lock("uv.lock", uv_head + uv_project("dependencies = [{ name = \"a\" }]") + uv_entry("a", "1")),
      for_python_311());
  REQUIRE(selected.packages.size() == 1);
  const auto& file = selected.packages[0].files.at(0);
  CHECK(file.name == "a-1-py3-none-any.whl");
  CHECK(file.url == "https://example.com/a-1-py3-none-any.whl");
  CHECK(file.size == 7);
  CHECK(file.checksums.at(0).text() == "sha256:" + std::string(64, 'a'));
  CHECK(selected.packages[0].where == "uv.lock");
}

TEST_CASE("extras and groups of uv.lock add their dependencies") {
  const auto text =
      uv_head +
      uv_project(
          "[package.optional-dependencies]\nmail = [{ name = \"m\", extra = [\"x\"] "
          "}]\n[package.dev-dependencies]\ndev = [{ name = "
          "\"d\" }]\n[package.metadata]\nprovides-extras = [\"mail\", \"empty\"]") +
      uv_entry("m", "1", "[package.optional-dependencies]\nx = [{ name = \"mx\" }]\ny = [{ name = \"my\" }]") +
      uv_entry("mx", "1") + uv_entry("my", "1") + uv_entry("d", "1");
  CHECK(uv_names(text).empty());
  CHECK(uv_names(text, for_python_311({"mail"})) == std::vector<std::string>{"m 1", "mx 1"});
  CHECK(uv_names(text, for_python_311({"empty"}, {"dev"})) == std::vector<std::string>{"d 1"});
  CHECK_THAT(printed_error([&] { uv_names(text, for_python_311({}, {"test"})); }),
             Contains("has no dependency group `test`"));
  const auto selected = packages_for(read_uv_lock("uv.lock", text), for_python_311({"mail"}));
  CHECK(selected.packages[0].extras == std::vector<std::string>{"x"});
}

TEST_CASE("a fork of uv.lock is decided by version, source and marker of the edge") {
  const auto text =
      uv_head +
      uv_project(
          "dependencies = [{ name = \"a\", version = \"1\", marker = \"python_full_version < '3.10'\" }, "
          "{ name = \"a\", version = \"2\", source = { registry = \"https://example.com/simple\" }, marker = "
          "\"python_full_version >= '3.10'\" }]") +
      uv_entry("a", "1") + uv_entry("a", "2") +
      "[[package]]\nname = \"a\"\nversion = \"2\"\nsource = { registry = \"https://example.org/other\" }\n";
  CHECK(uv_names(text) == std::vector<std::string>{"a 2"});
}

TEST_CASE("extras of uv.lock that exclude each other are decided by uv's names in markers") {
  const auto text =
      uv_head +
      uv_project(
          "dependencies = [{ name = \"b\" }]\n[package.optional-dependencies]\nold = [{ name = \"a\", version = \"1\" "
          "}]\nnew = [{ name = \"a\", version = \"2\" }]") +
      uv_entry("a", "1") + uv_entry("a", "2") +
      uv_entry("b", "1",
               "dependencies = [{ name = \"a\", version = \"1\", marker = \"extra == 'extra-3-app-old'\" }, { name = "
               "\"a\", version = \"2\", marker = \"extra == 'extra-3-app-new' or extra != 'extra-3-app-old'\" }]");
  CHECK(uv_names(text) == std::vector<std::string>{"a 2", "b 1"});
  CHECK(uv_names(text, for_python_311({"old"})) == std::vector<std::string>{"a 1", "b 1"});
  CHECK(uv_names(text, for_python_311({"new"})) == std::vector<std::string>{"a 2", "b 1"});
}

TEST_CASE("members of a uv workspace are installed by name, and their folders must be handled") {
  const auto member = [](const std::string& name, const std::string& more) {
    return "[[package]]\nname = \"" + name + "\"\nversion = \"1\"\nsource = { editable = \"packages/" + name +
           "\" }\n" + more + "\n";
  };
  const auto text = uv_head + member("web", "dependencies = [{ name = \"lib\" }, { name = \"a\" }]") +
                    member("lib", "dependencies = [{ name = \"b\" }]") + uv_entry("a", "1") + uv_entry("b", "1");
  CHECK_THAT(uv_refusal(text), Contains("`uv.lock` has several projects: web, lib"));
  CHECK_THAT(uv_refusal(text, "nothing"), Contains("`uv.lock` has no project `nothing`"));
  CHECK(names_and_versions(packages_for(read_uv_lock("uv.lock", text, "LIB"), for_python_311())) ==
        std::vector<std::string>{"b 1"});
  CHECK_THAT(uv_refusal(text, "web"), Contains("exist only as source code: lib (folder packages/lib)"));
  auto selection = for_python_311();
  selection.folders = PackageSelection::Folders::skip;
  const auto selected = packages_for(read_uv_lock("uv.lock", text, "web"), selection);
  CHECK(names_and_versions(selected) == std::vector<std::string>{"a 1", "b 1"});
  CHECK_THAT(selected.notes.at(0), Contains("uv.lock: lib (folder packages/lib) is not installed: copy its files"));
}

TEST_CASE("wheels of uv.lock may be files of the project, and other sources are refused") {
  const std::string hash = "hash = \"sha256:" + std::string(64, 'a') + "\"";
  const auto locked = read_uv_lock(
      "uv.lock",
      uv_head + uv_project("") +
          "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { path = \"dist/a-1-py3-none-any.whl\" }\nwheels = [{ "
          "filename = \"a-1-py3-none-any.whl\", " +
          hash + " }]\n" +
          "[[package]]\nname = \"b\"\nversion = \"1\"\nsource = { registry = \"../wheels\" }\nwheels = [{ path = "
          "\"b-1-py3-none-any.whl\", " +
          hash + " }]\n" +
          "[[package]]\nname = \"c\"\nversion = \"1\"\nsource = { url = \"https://example.com/c-1-py3-none-any.whl\" "
          "}\nwheels = [{ url = \"https://example.com/c-1-py3-none-any.whl\", " +
          hash + " }]\n" +
          "[[package]]\nname = \"d\"\nversion = \"1\"\nsource = { git = \"https://example.com/d?rev=1#abc\" }\n" +
          "[[package]]\nname = \"e\"\nversion = \"1\"\nsource = { url = \"https://example.com/e.tar.gz\" }\nsdist = { "
          "hash = \"sha256:00\" }\n");
  CHECK(locked.packages[1].files.at(0).path == "dist/a-1-py3-none-any.whl");
  CHECK(locked.packages[2].files.at(0).path == "../wheels/b-1-py3-none-any.whl");
  CHECK(locked.packages[3].source.kind == PackageSource::Kind::wheel);
  CHECK(locked.packages[4].source.kind == PackageSource::Kind::version_control);
  CHECK(locked.packages[5].source.kind == PackageSource::Kind::archive);
  CHECK(locked.packages[5].has_source_archive);
}

TEST_CASE("uv.lock may not have entries of one name without a limit") {
  std::string text = uv_head + uv_project("dependencies = [{ name = \"a\", version = \"7\" }]");
  for (int i = 0; i < 100; ++i) text += uv_entry("a", std::to_string(i));
  CHECK(uv_names(text) == std::vector<std::string>{"a 7"});
  CHECK_THAT(uv_refusal(text + uv_entry("a", "100")), Contains("more than 100 entries of `a`"));
}

TEST_CASE("mistakes in uv.lock are reported") {
  const auto [text, message] = GENERATE(table<std::string, std::string>(
      {{"version = 2", "uv.lock:1:1: the version of the lock file is not 1"},
       {uv_head, "`uv.lock` has no project"},
       {uv_head + uv_project("dependencies = [{ name = \"a\" }]"), "`uv.lock` has no entry of the dependency `a`"},
       {uv_head + uv_project("dependencies = [{ name = \"a\" }]") + uv_entry("a", "1") + uv_entry("a", "2"),
        "several entries"},
       {uv_head + "[[package]]\nname = \"a\"\n", "uv.lock:4:1: the key `source` is missing"},
       {uv_head + uv_project("", "moon = \"x\""), "the source of the package is unknown"},
       {uv_head + uv_entry("a", "x"), "uv.lock:4:1: "},
       {uv_head + uv_project("dependencies = [{ name = \"a\", marker = \"what\" }]"), "uv.lock:8:17: "},
       {uv_head + uv_project("dependencies = { name = \"a\" }"), "`dependencies` must be a list, but is a table"},
       {"version = 1\nrequires-python = '>=3.12'\n" + uv_project(""), "needs Python >=3.12"}}));
  CAPTURE(text);
  CHECK_THAT(uv_refusal(text), Contains(message));
}
