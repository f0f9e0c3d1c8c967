#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/pip/tags.hpp>
#include <string>
#include <support/catch.hpp>
#include <support/failure.hpp>
#include <vector>

using namespace lapstrake;
using namespace lapstrake::packages::pip;

namespace {

using Texts = std::vector<std::string>;

const Target bookworm{.python = {.major = 3, .minor = 11},
                      .libc = {.kind = Libc::Kind::glibc, .major = 2, .minor = 36}};
const Target alpine{.python = {.major = 3, .minor = 12},
                    .libc = {.kind = Libc::Kind::musl, .major = 1, .minor = 2},
                    .machine = "aarch64"};

Texts texts_of(const std::vector<Tag>& tags) {
  Texts out;
  for (const auto& tag : tags) out.push_back(tag.text());
  return out;
}

std::string chosen(const Texts& file_names, const Target& target) {
  return file_names.at(choose_wheel("a", "1.0", file_names, target));
}

}  // namespace

TEST_CASE("a C library and a Python are read from their texts") {
  CHECK(Libc::from_text("glibc-2.36")->text() == "glibc-2.36");
  CHECK(Libc::from_text("musl-1.2.4")->text() == "musl-1.2");
  for (const auto* text :
       {"", "glibc", "glibc-2", "glibc-2.x", "glibc-3.1", "musl-2.1", "glibc-2.36-9", "bionic-1.2", "glibc-2.-1"})
    CHECK_FALSE(Libc::from_text(text));
  CHECK(PythonVersion::from_text("3.11")->text() == "3.11");
  CHECK(PythonVersion::from_text("3.11.4")->text() == "3.11.4");
  for (const auto* text : {"", "3", "2.7", "3.11.4.1", "3.x", "3.-1", "3.99999"})
    CHECK_FALSE(PythonVersion::from_text(text));
}

TEST_CASE("the name of a wheel is read") {
  const auto wheel =
      WheelName::parse("Foo.Bar-1.0+local.1-2b-py2.py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl");
  CHECK(wheel.name == "Foo.Bar");
  CHECK(wheel.version == "1.0+local.1");
  CHECK(wheel.build == "2b");
  CHECK(texts_of(wheel.tags()) == Texts{"py2-none-manylinux_2_17_x86_64", "py2-none-manylinux2014_x86_64",
                                        "py3-none-manylinux_2_17_x86_64", "py3-none-manylinux2014_x86_64"});
}

TEST_CASE("other file names are not wheels") {
  const auto* name = GENERATE("", "a-1.0.tar.gz", "a-1.0.whl", "a-1.0-py3-none.whl", "a-1.0-x-py3-none-any.whl",
                              "a-1.0-1-2-py3-none-any.whl", "a-x-py3-none-any.whl", "-1.0-py3-none-any.whl",
                              "a-1.0-py3..py2-none-any.whl", "a-1.0-py3-none-any.WHL", "../a-1.0-py3-none-any.whl",
                              "a-1.0-py3-none-any/.whl");
  CAPTURE(name);
  CHECK_FALSE(WheelName::from_text(name));
  CHECK_THROWS_AS(WheelName::parse(name), Error);
}

TEST_CASE("a wheel with too many tags is refused") {
  std::string tags = "a";
  for (int i = 0; i < 10; ++i) tags += ".a";
  CHECK(WheelName::from_text("a-1-py3." + tags + "-" + "none-any.whl"));
  CHECK_FALSE(WheelName::from_text("a-1-" + tags + "-" + tags + "-" + tags + ".whl"));
}

TEST_CASE("tags are ordered as pip and uv order them") {
  const Target small{.python = {.major = 3, .minor = 3},
                     .libc = {.kind = Libc::Kind::glibc, .major = 2, .minor = 17},
                     .machine = "aarch64"};
  Texts expected;
  for (const std::string tag : {"cp33-cp33m", "cp33-abi3", "cp33-none", "cp32-abi3", "py33-none", "py3-none",
                                "py32-none", "py31-none", "py30-none"})
    for (const std::string platform : {"manylinux_2_17_aarch64", "manylinux2014_aarch64", "linux_aarch64"})
      expected.push_back(tag + "-" + platform);
  for (const std::string python : {"cp33", "py33", "py3", "py32", "py31", "py30"})
    expected.push_back(python + "-none-any");
  CHECK(texts_of(supported_tags(small)) == expected);
}

TEST_CASE("each older name of manylinux follows its version") {
  Texts platforms;
  for (const auto& tag : supported_tags(bookworm))
    if (tag.python == "cp311" && tag.abi == "cp311") platforms.push_back(tag.platform);
  CHECK(platforms.front() == "manylinux_2_36_x86_64");
  CHECK(platforms.back() == "linux_x86_64");
  const auto after = [&](const std::string& platform) { return *std::next(std::ranges::find(platforms, platform)); };
  CHECK(after("manylinux_2_17_x86_64") == "manylinux2014_x86_64");
  CHECK(after("manylinux_2_12_x86_64") == "manylinux2010_x86_64");
  CHECK(after("manylinux_2_5_x86_64") == "manylinux1_x86_64");
  CHECK(after("manylinux1_x86_64") == "linux_x86_64");
}

TEST_CASE("tags of musl and of a free-threaded Python") {
  Texts platforms;
  for (const auto& tag : supported_tags(alpine))
    if (tag.abi == "cp312") platforms.push_back(tag.platform);
  CHECK(platforms == Texts{"musllinux_1_2_aarch64", "musllinux_1_1_aarch64", "musllinux_1_0_aarch64", "linux_aarch64"});
  auto free = alpine;
  free.is_free_threaded = true;
  const auto tags = texts_of(supported_tags(free));
  CHECK(tags[0] == "cp312-cp312t-musllinux_1_2_aarch64");
  CHECK(tags[4] == "cp312-abi3t-musllinux_1_2_aarch64");
  CHECK(std::ranges::find(tags, "cp312-abi3-musllinux_1_2_aarch64") == tags.end());
}

TEST_CASE("the ABI of a Python before 3.8 has an m") {
  auto target = bookworm;
  target.python.minor = 7;
  CHECK(supported_tags(target).at(0).abi == "cp37m");
  CHECK(chosen({"a-1.0-cp37-cp37m-manylinux2014_x86_64.whl"}, target) == "a-1.0-cp37-cp37m-manylinux2014_x86_64.whl");
  target.python.minor = 8;
  CHECK(supported_tags(target).at(0).abi == "cp38");
}

TEST_CASE("the best wheel is chosen") {
  CHECK(chosen({"a-1.0-py3-none-any.whl", "a-1.0-cp311-cp311-manylinux_2_17_x86_64.whl",
                "a-1.0-cp311-cp311-manylinux_2_28_x86_64.whl", "a-1.0-cp39-abi3-manylinux_2_28_x86_64.whl",
                "a-1.0.tar.gz"},
               bookworm) == "a-1.0-cp311-cp311-manylinux_2_28_x86_64.whl");
  CHECK(chosen({"a-1.0-py2.py3-none-any.whl", "a-1.0.tar.gz"}, alpine) == "a-1.0-py2.py3-none-any.whl");
}

TEST_CASE("the rank of a wheel is the place of its best tag") {
  const WheelRanks ranks(bookworm);
  const auto tags = supported_tags(bookworm);
  for (const std::size_t place : {std::size_t{0}, tags.size() / 2, tags.size() - 1})
    CHECK(ranks.rank(WheelName::parse("a-1.0-" + tags[place].text() + ".whl")) == place);
  CHECK(ranks.rank(WheelName::parse("a-1.0-cp310.cp311-none.cp311-manylinux_2_36_x86_64.whl")) == 0);
  CHECK_FALSE(ranks.rank(WheelName::parse("a-1.0-cp312-cp312-manylinux_2_36_x86_64.whl")));
}

TEST_CASE("the highest build tag decides between equal tags") {
  CHECK(chosen({"a-1.0-9-py3-none-any.whl", "a-1.0-10-py3-none-any.whl", "a-1.0-py3-none-any.whl",
                "a-1.0-010-py3-none-any.whl"},
               bookworm) == "a-1.0-10-py3-none-any.whl");
  CHECK(chosen({"a-1.0-1a-py3-none-any.whl", "a-1.0-1b-py3-none-any.whl", "a-1.0-1-py3-none-any.whl"}, bookworm) ==
        "a-1.0-1b-py3-none-any.whl");
}

TEST_CASE("a wheel that does not fit says why") {
  const auto [name, expected] = GENERATE(table<std::string, Texts>(
      {{"a-1-cp311-cp311-manylinux_2_39_x86_64.whl", {"needs glibc 2.39, the image has 2.36"}},
       {"a-1-cp313-cp313-manylinux_2_17_x86_64.whl", {"is for Python 3.13"}},
       {"a-1-cp311-cp311-manylinux2014_aarch64.whl", {"is for aarch64"}},
       {"a-1-cp311-cp311-musllinux_1_2_x86_64.whl", {"is for musl"}},
       {"a-1-cp312-abi3-manylinux_2_17_x86_64.whl", {"needs Python 3.12 or newer"}},
       {"a-1-cp310-abi3-manylinux_2_17_x86_64.whl", {}},
       {"a-1-cp313-cp313t-manylinux_2_39_x86_64.whl",
        {"is for free-threaded Python 3.13", "needs glibc 2.39, the image has 2.36"}},
       {"a-1-cp311-cp311t-manylinux_2_17_x86_64.whl", {"is for free-threaded Python"}},
       {"a-1-cp311-cp311-win_amd64.whl", {"is for Windows"}},
       {"a-1-cp311-cp311-macosx_11_0_arm64.whl", {"is for macOS"}},
       {"a-1-cp311-cp311-emscripten_3_1_58_wasm32.whl", {"is for the platform `emscripten_3_1_58_wasm32`"}},
       {"a-1-pp39-pypy39_pp73-manylinux_2_17_x86_64.whl", {"is for PyPy 3.9"}},
       {"a-1-py2-none-any.whl", {"is for Python 2"}},
       {"a-1-py313-none-any.whl", {"needs Python 3.13 or newer"}},
       {"a-1-py2.py3-none-any.whl", {}}}));
  CAPTURE(name);
  CHECK(why_not(WheelName::parse(name), bookworm) == expected);
}

TEST_CASE("the error for a version without a fitting wheel names the nearest wheel") {
  const auto error = failure_of([] {
    choose_wheel(
        "pydantic_core", "2.0",
        {"pydantic_core-2.0-cp311-cp311-win_amd64.whl", "pydantic_core-2.0-cp312-cp312-manylinux_2_39_x86_64.whl",
         "pydantic_core-2.0-cp311-cp311-manylinux_2_39_x86_64.whl", "pydantic_core-2.0.tar.gz"},
        bookworm);
  });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.summary() == "no wheel of pydantic_core 2.0 fits cpython 3.11, glibc 2.36, x86_64");
  CHECK(error.reason() ==
        "the nearest, `pydantic_core-2.0-cp311-cp311-manylinux_2_39_x86_64.whl`, needs glibc 2.39, the image has 2.36");
}

TEST_CASE("a project without wheels is refused with its replacement") {
  const auto error = failure_of([] { choose_wheel("Psycopg2", "2.9.9", {"psycopg2-2.9.9.tar.gz"}, bookworm); });
  CHECK(error.summary() == "Psycopg2 2.9.9 has no wheel, only a source archive");
  CHECK(error.help() ==
        "lapstrake does not run builds: build the wheel in CI (`pip wheel Psycopg2==2.9.9`) and publish it to your "
        "index, "
        "or use psycopg2-binary or psycopg[binary] instead");
  CHECK(failure_of([] { choose_wheel("a", "1", {}, bookworm); }).summary() == "a 1 has no files");
}
