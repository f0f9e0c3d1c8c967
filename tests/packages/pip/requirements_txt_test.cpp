#include <lapstrake/packages/pip/requirements_txt.hpp>
#include <support/catch.hpp>
#include <support/failure.hpp>

#include "lock_sample.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::pip;

namespace {

const std::string hash_a = "sha256:" + std::string(64, 'a'), hash_b = "sha256:" + std::string(64, 'b');

LockedPackages requirements(const std::string& text, std::map<std::string, std::string> others = {}) {
  others["requirements.txt"] = text;
  return read_requirements("requirements.txt", reader_of(std::move(others)));
}

std::string requirements_refusal(const std::string& text, const std::map<std::string, std::string>& others = {}) {
  return printed_error([&] { requirements(text, others); });
}

}  // namespace

TEST_CASE("a requirements file is read as pip reads it") {
  const auto locked = requirements(
      "\xEF\xBB\xBF# our service\r\n"
      "Flask_Login[Async, extra.two] == 0.6.3  # for logins\r\n"
      "\r\n"
      "anyio==4.0 ; python_version < '3.11'\r\n");
  REQUIRE(locked.packages.size() == 2);
  const auto& first = locked.packages[0];
  CHECK(first.name == "flask-login");
  CHECK(first.version == Version::parse("0.6.3"));
  CHECK(first.extras == std::vector<std::string>{"async", "extra-two"});
  CHECK(first.conditions.empty());
  CHECK(first.where == "requirements.txt:2");
  CHECK(locked.packages[1].conditions.at(0).markers.at(0).text() == "python_version < '3.11'");
}

TEST_CASE("the hashes of a line over several lines belong to it") {
  const auto locked =
      requirements("six==1.16 \\\n  --hash=" + hash_a + " \\\n  --hash " + hash_b + "\nidna==3.7 --hash=" + hash_b);
  REQUIRE(locked.packages.size() == 2);
  CHECK(locked.packages[0].checksums.size() == 2);
  CHECK(locked.packages[0].checksums[1].text() == hash_b);
  CHECK(locked.packages[1].where == "requirements.txt:4");
}

TEST_CASE("a comment ends a continued line, and a # inside of a word does not begin one") {
  const auto locked = requirements("six==1.16 \\\n# comment \\\nidna==3.7\n");
  REQUIRE(locked.packages.size() == 2);
  CHECK(locked.packages[1].name == "idna");
  const auto wheel =
      requirements("x @ https://example.com/x-1-py3-none-any.whl#sha256=" + std::string(64, 'a') + " # why\n");
  CHECK(wheel.packages.at(0).files.at(0).checksums.at(0).text() == hash_a);
}

TEST_CASE("markers decide which lines apply to an image") {
  const auto locked = requirements(
      "a==1 ; sys_platform == 'win32'\nb==2; python_version >= '3.11'\nc==1; python_version<'3.11'\nc==2; "
      "python_version>='3.11'");
  CHECK(names_and_versions(packages_for(locked, for_python_311())) == std::vector<std::string>{"b 2", "c 2"});
}

TEST_CASE("included files are read relative to the file that includes them, each as an input") {
  const auto locked = requirements("-r deps/base.txt\n-rdev.txt\n--requirement=deps/web.txt",
                                   {{"deps/base.txt", "-r ../common.txt\na==1"},
                                    {"common.txt", "b==1"},
                                    {"dev.txt", "c==1"},
                                    {"deps/web.txt", "-r base2.txt"},
                                    {"deps/base2.txt", "d==1"}});
  CHECK(names_and_versions(packages_for(locked, for_python_311())) ==
        std::vector<std::string>{"a 1", "b 1", "c 1", "d 1"});
  std::vector<std::string> inputs;
  for (const auto& input : locked.inputs) inputs.push_back(input.path);
  CHECK(inputs == std::vector<std::string>{"requirements.txt", "deps/base.txt", "common.txt", "dev.txt", "deps/web.txt",
                                           "deps/base2.txt"});
  CHECK(locked.packages[0].where == "common.txt:1");
}

TEST_CASE("includes have limits") {
  CHECK_THAT(requirements_refusal("-r a.txt", {{"a.txt", "\n-r requirements.txt"}}),
             Contains("a.txt:2: `requirements.txt` includes itself"));
  CHECK_THAT(requirements_refusal("-r https://example.com/r.txt"), Contains("cannot be included by URL"));
  std::string many;
  for (int i = 0; i < 101; ++i) many += "-r a.txt\n";
  CHECK_THAT(requirements_refusal(many, {{"a.txt", ""}}), Contains("more than 100 includes"));
  CHECK(failure_of([] { requirements("-r missing.txt"); }).kind() == ErrorKind::input);
}

TEST_CASE("a constraint pins a line without a version, but does not install") {
  const auto locked =
      requirements("-c pins.txt\nflask\nsix==1.16", {{"pins.txt", "flask==3.1.0\nsix==1.16\nunused==1"}});
  CHECK(names_and_versions(packages_for(locked, for_python_311())) ==
        std::vector<std::string>{"flask 3.1.0", "six 1.16"});
  CHECK_THAT(requirements_refusal("-c pins.txt\nflask==3.0", {{"pins.txt", "flask==3.1"}}),
             Contains("name different versions of `flask`"));
  CHECK_THAT(requirements_refusal("-c pins.txt\nflask<3", {{"pins.txt", "flask==3.1"}}),
             Contains("does not allow the version of `flask`"));
  CHECK_THAT(requirements_refusal("-c pins.txt\nflask", {{"pins.txt", "flask==3.1; python_version < '3'"}}),
             Contains("does not name the version"));
}

TEST_CASE("all lines without a version are in one error") {
  const auto error =
      requirements_refusal("flask\ndjango>=4\nsix==1.16\nidna==3.*\n-r more.txt", {{"more.txt", "rich ~= 13.0"}});
  CHECK_THAT(error,
             Contains("`requirements.txt` does not name the version of 4 packages: flask (requirements.txt:1), "
                      "django>=4 (requirements.txt:2), idna==3.* (requirements.txt:4), rich ~= 13.0 (more.txt:1)"));
  CHECK_THAT(error, Contains("pip freeze"));
  CHECK(requirements("six===1.16").packages[0].version == Version::parse("1.16"));
  CHECK_THAT(requirements_refusal("six==1.16,<1"), Contains("requirements.txt:1: no version fits `==1.16,<1`"));
}

TEST_CASE("if one line has a hash, all must have one") {
  const auto error = requirements_refusal("six==1.16 --hash=" + hash_a + "\nidna==3.7\n");
  CHECK_THAT(error, Contains("has hashes, but not for 1 package: idna==3.7 (requirements.txt:2)"));
  CHECK_THAT(requirements_refusal("--require-hashes\nsix==1.16"), Contains("not for 1 package: six==1.16"));
  CHECK_THAT(requirements_refusal("six==1.16 --hash=md5:" + std::string(32, 'a')), Contains("`md5` is too weak"));
  CHECK_THAT(requirements_refusal("six==1.16 --hash=sha256:abc"),
             Contains("requirements.txt:1: `sha256:abc` is not a hash"));
}

TEST_CASE("options for the index are noted without their values") {
  const auto locked = requirements("-i https://user:secret@example.com/simple\n--pre\nsix==1.16");
  REQUIRE(locked.notes.size() == 2);
  CHECK(locked.notes[0] == "requirements.txt:1: `--index-url` is ignored: the source of the spec decides");
  CHECK_THAT(locked.notes[1], Contains("requirements.txt:2: `--pre`"));
}

TEST_CASE("source code in a requirements file is refused with the way to build a wheel") {
  const auto line = GENERATE("-e .", "--editable=git+https://example.com/x", "git+https://example.com/x@main",
                             "x @ git+ssh://git@example.com/x.git", "./folder", "../other", "x-1.tar.gz",
                             "https://example.com/x-1.tar.gz", "x @ https://example.com/x.zip", "dist/x-1.zip");
  CAPTURE(line);
  const auto error = requirements_refusal(std::string("six==1.16\n") + line);
  CHECK_THAT(error, Contains("error: requirements.txt:2: "));
  CHECK_THAT(error, Contains("build"));
}

TEST_CASE("a wheel may be listed by URL or by path in the project") {
  const auto locked =
      requirements("./dist//Our.Tool-1.2-py3-none-any.whl[cli] ; python_version > '3' --hash=" + hash_a +
                   "\nx @ https://example.com/x-1%2Blocal-py3-none-any.whl --hash=" + hash_b +
                   "\nhttps://example.com/y-2-py3-none-any.whl#sha256=" + std::string(64, 'b'));
  REQUIRE(locked.packages.size() == 3);
  CHECK(locked.packages[0].name == "our-tool");
  CHECK(locked.packages[0].version == Version::parse("1.2"));
  CHECK(locked.packages[0].extras == std::vector<std::string>{"cli"});
  CHECK(locked.packages[0].files[0].path == "dist/Our.Tool-1.2-py3-none-any.whl");
  CHECK(locked.packages[0].files[0].checksums[0].text() == hash_a);
  CHECK(locked.packages[1].files[0].name == "x-1+local-py3-none-any.whl");
  CHECK(locked.packages[1].version == Version::parse("1+local"));
  CHECK(locked.packages[2].files[0].url == "https://example.com/y-2-py3-none-any.whl");
  CHECK_THAT(requirements_refusal("z @ https://example.com/y-2-py3-none-any.whl"), Contains("is not a wheel of `z`"));
  CHECK_THAT(requirements_refusal("/tmp/y-2-py3-none-any.whl"), Contains("is outside of the project"));
}

TEST_CASE("mistakes in a requirements file are reported with their line") {
  const auto [text, message] = GENERATE(table<std::string, std::string>(
      {{"six==1.16\nidna==${IDNA}", "requirements.txt:2: the line depends on the environment variable `${IDNA}`"},
       {"--hashh=x", "unknown option `--hashh`"},
       {"-x", "unknown option `-x`"},
       {"-r", "`-r` needs a value"},
       {"--pre=1", "`--pre` takes no value"},
       {"six==1.16 --hash='a", "a quotation mark is not closed"},
       {"six==", "requirements.txt:1: "},
       {"six==1 ; nothing", "requirements.txt:1: "}}));
  CAPTURE(text);
  const auto error = failure_of([text = text] { requirements(text); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(report(error), Contains(message));
}

TEST_CASE("a requirements file in UTF-16 is refused with the reason") {
  CHECK_THAT(requirements_refusal(std::string("\xff\xfes\0i\0", 6)), Contains("is not UTF-8"));
}

TEST_CASE("two lines of one package are an error unless they are the same") {
  CHECK_THAT(
      printed_error([] { packages_for(requirements("six==1.16\nSix==1.17"), for_python_311()); }),
      Contains("two entries apply to this image: six 1.16 (requirements.txt:1) and six 1.17 (requirements.txt:2)"));
  const auto selected = packages_for(requirements("six[b]==1.16\nSix[a,b]==1.16.0"), for_python_311());
  REQUIRE(selected.packages.size() == 1);
  CHECK(selected.packages[0].extras == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a requirements file has no extras and groups") {
  CHECK_THAT(printed_error([] { packages_for(requirements("six==1.16"), for_python_311({"mail"})); }),
             Contains("`requirements.txt` has no extra `mail`"));
}
