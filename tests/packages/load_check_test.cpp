#include <fcntl.h>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/load_check.hpp>
#include <string_view>
#include <support/catch.hpp>

using namespace lapstrake;
using namespace lapstrake::packages;
using layers::Entry;
using layers::Kind;

namespace {

Entry file(const std::string& path, std::string content = {}) {
  Entry out;
  out.path = path;
  out.size = content.size();
  out.content = std::move(content);
  out.origin = std::string("`demo`");
  return out;
}

Entry symlink_to(const std::string& path, const std::string& target) {
  Entry out = file(path);
  out.kind = Kind::symlink;
  out.target = target;
  return out;
}

// This test program: it needs libc.so.6, libstdc++.so.6 and others.
std::string program() { return read_file("/proc/self/exe", std::size_t{1} << 30); }

std::vector<std::string> libraries(const std::vector<LoadProblem>& problems) {
  std::vector<std::string> out;
  for (const auto& problem : problems) out.push_back(problem.library);
  return out;
}

}  // namespace

TEST_CASE("a library that neither the package nor the image has is named, with Debian's package") {
  layers::BaseFiles below;
  below.add_layer(std::vector<Entry>{file("usr/lib/x86_64-linux-gnu/libc.so.6", "x"), symlink_to("lib", "usr/lib")});
  const auto content = program();
  const auto problems = load_problems({file("opt/demo.so", content), file("opt/again.so", content)}, below, 0);
  CHECK_THAT(libraries(problems), !Catch::Matchers::VectorContains(std::string("libc.so.6")));
  const auto found = std::ranges::find(problems, "libstdc++.so.6", &LoadProblem::library);
  REQUIRE(found != problems.end());
  CHECK(found->file == "opt/demo.so");
  CHECK(sentences({*found}) ==
        std::vector<std::string>{"`demo` may not load: the image lacks libstdc++.so.6 (Debian packages: libstdc++6)"});
  CHECK(std::ranges::count(problems, "libstdc++.so.6", &LoadProblem::library) == 1);
}

TEST_CASE("files for other platforms are not looked at") {
  layers::BaseFiles below;
  below.add_layer(std::vector<Entry>{file("usr/lib/libc.so.6", "x")});
  const auto content = program();
  const auto problems = load_problems({file("opt/a.so", content), file("opt/b.so", content)}, below, 0,
                                      [](std::string_view path) { return path == "opt/b.so"; });
  REQUIRE_FALSE(problems.empty());
  CHECK(std::ranges::all_of(problems, [](const auto& one) { return one.file == "opt/b.so"; }));
}

TEST_CASE("a library of the packages themselves is found wherever it is") {
  layers::BaseFiles below;
  below.add_layer(std::vector<Entry>{file("usr/lib/libc.so.6", "x")});
  const auto problems =
      load_problems({file("opt/demo.so", program()), file("opt/demo.libs/libstdc++.so.6", "x")}, below, 0);
  CHECK_THAT(libraries(problems), !Catch::Matchers::VectorContains(std::string("libstdc++.so.6")));
}

TEST_CASE("a glibc that is too old is named with the version that is needed") {
  layers::BaseFiles below;
  below.add_layer(std::vector<Entry>{file("usr/lib/libc.so.6", "x")});
  const auto problems = load_problems({file("opt/demo.so", program())}, below, 3);
  CHECK(std::ranges::any_of(problems, [](const auto& one) {
    return one.library == "libc.so.6" && one.version.starts_with("GLIBC_2.") &&
           sentences({one}).at(0).find("the image has an older version") != std::string::npos;
  }));
}

TEST_CASE("files that are not shared objects, and images without layers below, have no problems") {
  layers::BaseFiles below;
  below.add_layer(std::vector<Entry>{file("etc/os-release", "x")});
  CHECK(load_problems({file("opt/demo.py", program()), file("opt/text.so", "no ELF")}, below, 3).empty());
  CHECK(load_problems({file("opt/demo.so", program())}, layers::BaseFiles(), 3).empty());
}
