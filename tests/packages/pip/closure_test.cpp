#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/closure.hpp>
#include <string>
#include <support/catch.hpp>
#include <support/failure.hpp>
#include <vector>

using namespace lapstrake;
using namespace lapstrake::packages::pip;

namespace {

ListedPackage package(const std::string& name, const std::string& version, const std::vector<std::string>& needs = {},
                      std::vector<std::string> extras = {}) {
  ListedPackage out{.name = name, .version = Version::parse(version), .extras = std::move(extras)};
  for (const auto& need : needs) out.needs.push_back(metadata_requirement(need, name));
  return out;
}

std::vector<std::string> sentences(const std::vector<ListedPackage>& packages,
                                   const std::vector<RootRequirement>& roots = {}) {
  std::vector<std::string> out;
  const auto environment = marker_environment({.python = {.major = 3, .minor = 11, .patch = 4}});
  for (const auto& missing : missing_requirements(packages, roots, environment))
    out.push_back(sentence(missing, "requirements.txt"));
  return out;
}

using Sentences = std::vector<std::string>;

}  // namespace

TEST_CASE("a list that provides each requirement is complete") {
  CHECK(sentences({package("Flask", "3.1.0",
                           {"Werkzeug>=3.1", "importlib-metadata>=3.6; python_version < '3.10'",
                            "asgiref>=3.2; extra == 'async'"}),
                   package("werkzeug", "3.1.3")})
            .empty());
}

TEST_CASE("a requirement that no package provides is reported") {
  CHECK(sentences({package("flask", "3.1.0", {"Werkzeug>=3.1", "click"}), package("click", "8.0")}) ==
        Sentences{"flask 3.1.0 needs Werkzeug>=3.1, which requirements.txt does not list"});
}

TEST_CASE("a package of another version is reported") {
  CHECK(sentences({package("flask", "3.1.0", {"Werkzeug>=3.1"}), package("werkzeug", "2.0")}) ==
        Sentences{"flask 3.1.0 needs Werkzeug>=3.1, but requirements.txt lists version 2.0"});
}

TEST_CASE("a pinned pre-release satisfies a requirement") {
  CHECK(sentences({package("a", "1", {"b>=1.0"}), package("b", "2.0rc1")}).empty());
}

TEST_CASE("extras are followed through other packages and through themselves") {
  const std::vector<std::string> needs{"b[x]; extra == 'all'", "a[y]; extra == 'all'", "c; extra == 'y'"};
  CHECK(sentences({package("a", "1", needs), package("b", "1", {"d; extra == 'x'"})}).empty());
  CHECK(sentences({package("a", "1", needs, {"All"}), package("b", "1", {"d; extra == 'x'"})}) ==
        Sentences{"a 1 needs c, which requirements.txt does not list",
                  "b 1 needs d, which requirements.txt does not list"});
}

TEST_CASE("an extra that is needed with another is found whatever the order") {
  const auto listed = package("a", "1", {"a[y]; extra == 'x'", "b; extra == 'x' and extra == 'y'"});
  CHECK(sentences({listed}, {{Requirement::parse("A[X]"), "requirements.txt:1"}}) ==
        Sentences{"a 1 needs b, which requirements.txt does not list"});
}

TEST_CASE("extras that require one another end") {
  CHECK(
      sentences({package("a", "1", {"b[x]; extra == 'x'"}, {"x"}), package("b", "1", {"a[x]; extra == 'x'"})}).empty());
}

TEST_CASE("requirements of the list itself activate extras and are checked") {
  const std::vector<RootRequirement> roots{{Requirement::parse("a[x]==2"), "requirements.txt:1"},
                                           {Requirement::parse("z; sys_platform == 'win32'"), "requirements.txt:2"}};
  CHECK(sentences({package("a", "1", {"b; extra == 'x'"})}, roots) ==
        Sentences{"requirements.txt:1 needs a[x]==2, but requirements.txt lists version 1",
                  "a 1 needs b, which requirements.txt does not list"});
}

TEST_CASE("the lines to add are part of the error") {
  const auto environment = marker_environment({.python = {.major = 3, .minor = 11}});
  const auto missing = missing_requirements(
      {package("a", "1", {"b>=2; os_name == 'posix'"}), package("c", "1", {"b>=2", "d @ https://x.example/d.whl"})}, {},
      environment);
  REQUIRE(missing.size() == 3);
  const auto error = failure_of([&] { expect_complete(missing, "requirements.txt"); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.summary() == "requirements.txt does not satisfy 3 requirements of its packages");
  CHECK(error.reason() ==
        "a 1 needs b>=2, which requirements.txt does not list\n"
        "c 1 needs b>=2, which requirements.txt does not list\n"
        "c 1 needs d @ https://x.example/d.whl, which requirements.txt does not list");
  CHECK(error.help() ==
        "add these lines to requirements.txt:\nb>=2\nd @ https://x.example/d.whl\n"
        "or write a complete list with `uv pip compile` or `pip freeze`");
  CHECK_NOTHROW(expect_complete({}, "requirements.txt"));
}

TEST_CASE("each missing project has one line to add, with the version that all who need it can have") {
  const auto environment = marker_environment({.python = {.major = 3, .minor = 11}});
  const auto missing = missing_requirements(
      {package("a", "1", {"B_b[x]>=2", "c"}), package("d", "1", {"b-b[y]>=2.1", "b.b>=2", "c<3"})}, {}, environment);
  CHECK(lines_to_add(missing) == Sentences{"B_b[x,y]>=2,>=2.1", "c<3"});
  std::vector<std::string> asked;
  const std::string hex(64, 'a');
  const auto known = [&](const std::vector<Requirement>& requirements) -> std::optional<AddableVersion> {
    for (const auto& requirement : requirements) asked.push_back(requirement.text());
    if (requirements.front().name == "c") return std::nullopt;
    return AddableVersion{
        .version = Version::parse("2.5"),
        .checksums = {*lapstrake::packages::Checksum::from_hex(lapstrake::packages::HashAlgorithm::sha256, hex)}};
  };
  CHECK(lines_to_add(missing, known) == Sentences{"B_b[x,y]==2.5 --hash=sha256:" + hex, "c<3"});
  CHECK(asked == Sentences{"B_b[x]>=2", "b-b[y]>=2.1", "b.b>=2", "c", "c<3"});
}

TEST_CASE("the help of an incomplete list depends on who writes the list") {
  const auto environment = marker_environment({.python = {.major = 3, .minor = 11}});
  const auto missing = missing_requirements({package("a", "1", {"b>=2"}), package("b", "1")}, {}, environment);
  const auto [name, help] = GENERATE(table<std::string, std::string>({
      {"requirements.txt",
       "change this line in requirements.txt:\nb>=2\nor write a complete list with `uv pip compile` or `pip freeze`"},
      {"api/uv.lock", "write it again with `uv lock`"},
      {"poetry.lock", "write it again with `poetry lock`"},
      {"pylock.toml", "write it again with the tool that made it, for example `uv export`"},
  }));
  CHECK(failure_of([&, &name = name] { expect_complete(missing, name); }).help() == help);
}

TEST_CASE("an undecidable marker is an error that names the package") {
  const auto error = failure_of([&] { sentences({package("a", "1", {"b; platform_release >= '6'"})}); });
  CHECK(error.steps() == std::vector<std::string>{"reading the requirements of a 1"});
}

TEST_CASE("requirements of old wheels are repaired") {
  const auto [written, expected] =
      GENERATE(table<std::string, std::string>({{"pytz (>dev)", "pytz"},
                                                {"a (>=1.0.*)", "a>=1.0"},
                                                {"a (>=1.9.5<2.0)", "a>=1.9.5,<2.0"},
                                                {"a >=1.9.5 <2.0; extra == 'x'", "a>=1.9.5,<2.0; extra == 'x'"},
                                                {"a (==1.0.*)", "a==1.0.*"}}));
  CHECK(metadata_requirement(written, "old 1.0").text() == expected);
}

TEST_CASE("invalid metadata is an integrity error") {
  const auto error = failure_of([&] { metadata_requirement("a >=>= 2", "old 1.0"); });
  CHECK(error.kind() == ErrorKind::integrity);
  CHECK(error.summary() == "the metadata of old 1.0 has an invalid requirement");
}

TEST_CASE("a wheel's metadata becomes a package of a list") {
  Metadata metadata;
  metadata.name = "Flask";
  metadata.version = "3.1.0";
  metadata.requires_dist = {"Werkzeug>=3.1"};
  const auto listed = listed_package(metadata, {"async"});
  CHECK(listed.needs == std::vector<Requirement>{Requirement::parse("Werkzeug>=3.1")});
  CHECK(listed.extras == std::vector<std::string>{"async"});
  metadata.requires_dist.assign(10'001, "a");
  CHECK(failure_of([&] { listed_package(metadata); }).summary() ==
        "the metadata of Flask 3.1.0 has more than 10000 requirements");
  metadata.version = "x";
  CHECK(failure_of([&] { listed_package(metadata); }).kind() == ErrorKind::integrity);
}

TEST_CASE("a chain of 10,000 extras is followed") {
  std::vector<std::string> needs;
  for (int i = 0; i < 10'000; ++i) needs.push_back(cat("a[x", i + 1, "]; extra == 'x", i, "'"));
  needs.emplace_back("last; extra == 'x10000'");
  CHECK(sentences({package("a", "1", needs, {"x0"})}) ==
        Sentences{"a 1 needs last, which requirements.txt does not list"});
}
