#include <lapstrake/packages/pip/pylock.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

#include "lock_sample.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::pip;

namespace {

const std::string pylock_head = "lock-version = '1.0'\ncreated-by = 'hand'\n";
const std::string pylock_hashes = "hashes = {sha256 = '" + std::string(64, 'a') + "'}";

std::string pylock_entry(const std::string& name, const std::string& more = {}) {
  return "[[packages]]\nname = '" + name + "'\nversion = '1.0'\nwheels = [{url = 'https://example.com/" + name +
         "-1.0-py3-none-any.whl', " + pylock_hashes + "}]\n" + more + "\n";
}

SelectedPackages pylock_selection(const std::string& text, PackageSelection selection = for_python_311()) {
  return packages_for(read_pylock("pylock.toml", text), selection);
}

std::vector<std::string> pylock_names(const std::string& text, const PackageSelection& selection = for_python_311()) {
  return names_and_versions(pylock_selection(text, selection));
}

std::string pylock_refusal(const std::string& text) {
  return printed_error([&] { pylock_selection(text); });
}

}  // namespace

TEST_CASE("pylock.toml lists packages with their wheels") {
  const auto locked = read_pylock(
      "pylock.toml", pylock_head +
                         "[[packages]]\nname = 'a'\nversion = '1.0'\nindex = 'https://example.com/simple'\n"
                         "wheels = [{name = 'a-1.0-py3-none-any.whl', path = 'wheels/other', size = 12, hashes "
                         "= {sha256 = '" +
                         std::string(64, 'a') + "', blake2b = 'x'}}]\nsdist = {url = 'x', " + pylock_hashes + "}\n");
  REQUIRE(locked.packages.size() == 1);
  const auto& package = locked.packages[0];
  CHECK(package.source == PackageSource{.text = "https://example.com/simple"});
  CHECK(package.has_source_archive);
  REQUIRE(package.files.size() == 1);
  CHECK(package.files[0].name == "a-1.0-py3-none-any.whl");
  CHECK(package.files[0].path == "wheels/other");
  CHECK(package.files[0].size == 12);
  REQUIRE(package.files[0].checksums.size() == 1);
  CHECK(package.files[0].checksums[0].hex() == std::string(64, 'a'));
  CHECK(locked.inputs.size() == 1);
}

TEST_CASE("extras and groups of pylock.toml decide through markers, and default groups apply") {
  const auto text = pylock_head + "extras = ['mail']\ndependency-groups = ['dev']\ndefault-groups = ['app']\n" +
                    pylock_entry("a", "marker = \"'app' in dependency_groups\"") +
                    pylock_entry("b", "marker = \"'mail' in extras\"") +
                    pylock_entry("c", "marker = \"'dev' in dependency_groups and sys_platform == 'linux'\"");
  CHECK(pylock_names(text) == std::vector<std::string>{"a 1.0"});
  CHECK(pylock_names(text, for_python_311({"Mail"})) == std::vector<std::string>{"a 1.0", "b 1.0"});
  CHECK(pylock_names(text, for_python_311({}, {"dev"})) == std::vector<std::string>{"a 1.0", "c 1.0"});
  CHECK_THAT(printed_error([&] { pylock_names(text, for_python_311({"main"})); }),
             Contains("`pylock.toml` has no extra `main`"));
}

TEST_CASE("pylock.toml is refused for a Python or environment that it was not made for") {
  CHECK_THAT(pylock_refusal(pylock_head + "requires-python = '>=3.12'\npackages = []"),
             Contains("`pylock.toml` needs Python >=3.12, but the image has 3.11.4"));
  CHECK_THAT(pylock_refusal(pylock_head + "environments = [\"sys_platform == 'win32'\"]\npackages = []"),
             Contains("was not made for"));
  CHECK_THAT(pylock_refusal(pylock_head + pylock_entry("a", "requires-python = '>=3.12'")),
             Contains("a 1.0 needs Python >=3.12"));
  CHECK(pylock_names(
            pylock_head +
            "requires-python = '>=3.11'\nenvironments = [\"sys_platform == 'win32'\", \"os_name == 'posix'\"]\n" +
            pylock_entry("a", "marker = \"os_name == 'nt'\"\nrequires-python = '>=3.12'"))
            .empty());
}

TEST_CASE("requires-python is met if some patch level of an image's Python meets it") {
  const PackageSelection selection{.environment = {.python_version = "3.11"}};
  CHECK(pylock_names(pylock_head + "requires-python = '>=3.11.4'\n" + pylock_entry("a"), selection).size() == 1);
  CHECK(pylock_names(pylock_head + "requires-python = '<3.11.2'\n" + pylock_entry("a"), selection).size() == 1);
  CHECK_THROWS_AS(pylock_names(pylock_head + "requires-python = '<3.11'\n" + pylock_entry("a"), selection), Error);
}

TEST_CASE("two entries of pylock.toml that apply are ambiguous") {
  CHECK_THAT(pylock_refusal(pylock_head + pylock_entry("a") +
                            "[[packages]]\nname = 'A'\nversion = '2.0'\nsdist = {url = 'x', " + pylock_hashes + "}"),
             Contains("two entries apply to this image: a 1.0 (pylock.toml) and a 2.0 (pylock.toml)"));
}

TEST_CASE("packages of pylock.toml that are source code are refused together, except for the project itself") {
  const auto text =
      pylock_head + "[[packages]]\nname = 'app'\ndirectory = {path = './', editable = true}\n" + pylock_entry("a");
  const auto selected = pylock_selection(text);
  CHECK(names_and_versions(selected) == std::vector<std::string>{"a 1.0"});
  REQUIRE(selected.notes.size() == 1);
  CHECK_THAT(selected.notes[0], Contains("app (folder .) is not installed"));

  const auto error =
      pylock_refusal(text + "[[packages]]\nname = 'lib'\ndirectory = {path = 'libs/lib'}\n" +
                     "[[packages]]\nname = 'tool'\nvcs = {type = 'git', url = 'https://x', commit-id = '1'}\n" +
                     "[[packages]]\nname = 'arch'\narchive = {url = 'https://x/a.tar.gz', " + pylock_hashes + "}\n");
  CHECK_THAT(
      error,
      Contains("exist only as source code: arch (source archive), lib (folder libs/lib), tool (version control)"));
  CHECK_THAT(error, Contains("build each into a wheel"));
  auto selection = for_python_311();
  selection.folders = PackageSelection::Folders::skip;
  CHECK(pylock_names(text + "[[packages]]\nname = 'lib'\ndirectory = {path = 'libs/lib'}\n", selection) ==
        std::vector<std::string>{"a 1.0"});
}

TEST_CASE("an archive of pylock.toml may be a wheel") {
  const auto selected =
      pylock_selection(pylock_head + "[[packages]]\nname = 'a'\narchive = {url = 'https://x/a-1-py3-none-any.whl', " +
                       pylock_hashes + "}\n");
  REQUIRE(selected.packages.size() == 1);
  CHECK(selected.packages[0].source.kind == PackageSource::Kind::wheel);
  CHECK(selected.packages[0].files[0].url == "https://x/a-1-py3-none-any.whl");
}

TEST_CASE("a newer minor version of pylock.toml is noted") {
  const auto locked = read_pylock("pylock.toml", "lock-version = '1.2'\npackages = []");
  REQUIRE(locked.notes.size() == 1);
  CHECK_THAT(locked.notes[0], Contains("lock-version 1.2 is newer than 1.0"));
}

TEST_CASE("mistakes in pylock.toml are reported with their position") {
  const auto [text, message] = GENERATE(table<std::string, std::string>(
      {{"lock-version = '2.0'", "lock-version `2.0` is not supported"},
       {"created-by = 'x'", "the key `lock-version` is missing"},
       {pylock_head, "the key `packages` is missing"},
       {pylock_head + "[[packages]]\nname = 'a'", "pylock.toml:3:1: the package has no source"},
       {pylock_head + pylock_entry("a", "vcs = {type = 'git'}"), "several sources that exclude each other"},
       {pylock_head + pylock_entry("a b"), "`a b` is not the name of a package"},
       {pylock_head + pylock_entry("a", "marker = 'nothing'"), "pylock.toml:3:1: "},
       {pylock_head + pylock_entry("a", "requires-python = 'new'"), "pylock.toml:3:1: "},
       {pylock_head + "[[packages]]\nname = 'a'\nwheels = [{url = 'https://x/a-1-py3-none-any.whl'}]",
        "the file has no `hashes`"},
       {pylock_head + "[[packages]]\nname = 'a'\nwheels = [{name = 'a-1-py3-none-any.whl', " + pylock_hashes + "}]",
        "neither `url` nor `path`"},
       {pylock_head + "[[packages]]\nname = 'a'\nwheels = [{name = '../a-1-py3-none-any.whl', url = 'x', " +
            pylock_hashes + "}]",
        "`../a-1-py3-none-any.whl` is not the name of a wheel"},
       {pylock_head +
            "[[packages]]\nname = 'a'\nwheels = [{url = 'https://x/a-1-py3-none-any.whl', hashes = {sha256 = 'a'}}]",
        "`sha256` is not a hash"}}));
  CAPTURE(text);
  const auto error = failure_of([text = text] { read_pylock("pylock.toml", text); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(report(error), Contains(message));
}
