#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/pip/marker.hpp>
#include <set>
#include <string>
#include <support/catch.hpp>

using namespace lapstrake;
using namespace lapstrake::packages::pip;

namespace {

const Target target{.python = {.major = 3, .minor = 11, .patch = 4}};

bool holds(const std::string& marker, const MarkerSets& sets = {}) {
  return Marker::parse(marker).holds(marker_environment(target), sets);
}

}  // namespace

TEST_CASE("markers hold as PEP 508 says") {
  const auto [marker, expected] =
      GENERATE(table<std::string, bool>({{"python_version < '3.12'", true},
                                         {"python_version<\"3.9\"", false},
                                         {"python_version >= '3.9' and sys_platform == 'win32'", false},
                                         {"sys_platform == 'win32' or os_name == 'posix'", true},
                                         {"os_name == 'nt' or os_name == 'posix' and python_version < '3'", false},
                                         {"(os_name == 'nt' or os_name == 'posix') and python_version > '3'", true},
                                         {"'3.8' <= python_version", true},
                                         {"'linux' in sys_platform", true},
                                         {"sys_platform not in 'linux win32'", false},
                                         {"sys_platform not   in 'win32'", true},
                                         {"python_full_version < '3.11.4'", false},
                                         {"python_full_version == '3.11.*'", true},
                                         {"platform_machine == 'x86_64'", true},
                                         {"platform_python_implementation != 'CPython'", false},
                                         {"python_implementation == 'CPython'", true},
                                         {"os.name == 'posix'", true},
                                         {"implementation_version ~= '3.11.2'", true},
                                         {"platform_release >= '6' and os_name == 'nt'", false},
                                         {"platform_version == 'x' or os_name == 'posix'", true}}));
  CAPTURE(marker);
  CHECK(holds(marker) == expected);
}

TEST_CASE("an extra is true for each selected extra") {
  const MarkerSets sets{.extras = {"async", "my-extra"}, .dependency_groups = {"dev"}};
  CHECK(holds("extra == 'async'", sets));
  CHECK(holds("extra == 'My_Extra'", sets));
  CHECK_FALSE(holds("extra == 'test'", sets));
  CHECK(holds("extra != 'test'", sets));
  CHECK(holds("'my.extra' in extras and 'dev' in dependency_groups", sets));
  CHECK(holds("'docs' not in dependency_groups", sets));
  CHECK_FALSE(holds("extra == 'async'"));
}

TEST_CASE("the extras of a marker are known") {
  CHECK(Marker::parse("extra == 'A_b' or ('c' in extras and os_name == 'x') and 'd' != extra").extras() ==
        std::set<std::string>{"a-b", "c", "d"});
}

TEST_CASE("a marker whose result no image determines is refused when it is evaluated") {
  const auto* marker = GENERATE("platform_release >= '6'", "platform_version == '1' and os_name == 'posix'",
                                "os_name ~= '1'", "extra in 'a'", "extras == 'a'", "'a' == extras");
  CAPTURE(marker);
  CHECK_THROWS_AS(holds(marker), Error);
}

TEST_CASE("a full version is needed only where patch levels differ") {
  const auto environment = marker_environment(Target{.python = {.major = 3, .minor = 11}});
  CHECK(Marker::parse("python_full_version < '3.12'").holds(environment));
  CHECK(Marker::parse("python_full_version >= '3.11.0'").holds(environment));
  CHECK_FALSE(Marker::parse("'3.10.9' >= python_full_version").holds(environment));
  CHECK(Marker::parse("python_full_version != '3.10.7'").holds(environment));
  for (const auto* marker :
       {"python_full_version < '3.11.3'", "python_full_version != '3.11.7'", "implementation_version > '3.11.0'"})
    CHECK_THROWS_AS(Marker::parse(marker).holds(environment), Error);
}

TEST_CASE("invalid markers are refused") {
  const auto* text = GENERATE("", "python_version", "python_version <", "python_version < 3.8", "foo == 'x'",
                              "'a' == 'b", "(os_name == 'x'", "os_name == 'x')", "os_name == 'x' and", "os_name = 'x'",
                              "os_name == 'x' os_name == 'y'", "os_name is 'x'", "os_name not 'x'");
  CAPTURE(text);
  CHECK_THROWS_AS(Marker::parse(text), Error);
}

TEST_CASE("the depth of a marker is limited, its length only to 64 KiB") {
  std::string chain = "os_name == 'posix'";
  for (int i = 0; i < 2000; ++i) chain += " and os_name != 'x'";
  CHECK(holds(chain));
  CHECK(holds(std::string(100, '(') + "os_name == 'posix'" + std::string(100, ')')));
  CHECK_THROWS_AS(holds(std::string(101, '(') + "os_name == 'posix'" + std::string(101, ')')), Error);
  CHECK_THROWS_AS(holds("os_name == '" + std::string(70'000, 'x') + "'"), Error);
}
