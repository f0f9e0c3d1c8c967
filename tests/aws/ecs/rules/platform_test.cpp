#include <lapstrake/aws/ecs/rules/platform.hpp>
#include <lapstrake/base/error.hpp>

#include "aws/ecs/rules/checked_task.hpp"

using namespace lapstrake;
using nlohmann::literals::operator""_json;

TEST_CASE("the platform is filled in from the images") {
  const auto document = with(php(R"("image": "host/php:1")"));
  CHECK(aws::with_platform(document, {{"host/php:1", {"arm64", "linux"}}})["runtimePlatform"] ==
        R"({"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"})"_json);
  CHECK(aws::with_platform(document, {{"host/php:1", {"", ""}}}) == document);
  CHECK(aws::with_platform(document, {}) == document);
  const auto half =
      with(php(R"("image": "host/php:1")").insert(1, R"("runtimePlatform": {"operatingSystemFamily": "LINUX"}, )"));
  CHECK(aws::with_platform(half, {{"host/php:1", {"amd64", "linux"}}})["runtimePlatform"]["cpuArchitecture"] ==
        "X86_64");
}

TEST_CASE("a platform that contradicts the image is an error, in check() and in with_platform()") {
  struct Case {
    std::string patch;
    std::map<std::string, aws::ImageFact> images;
    std::string finding;
  };
  const auto example = GENERATE(
      Case{
          R"({"runtimePlatform": {"cpuArchitecture": "X86_64"}, "containerDefinitions": [{"name": "php", "image": "host/php:1"}]})",
          {{"host/php:1", {"arm64", "linux"}}},
          "error /runtimePlatform/cpuArchitecture: the image of `php` is for ARM64, but the task is for X86_64"},
      Case{
          R"({"containerDefinitions": [{"name": "nginx", "image": "host/nginx:1"}, {"name": "php", "image": "host/php:1"}]})",
          {{"host/php:1", {"arm64", "linux"}}, {"host/nginx:1", {"amd64", "linux"}}},
          "error /containerDefinitions/1/image: the image of `php` is for ARM64, but the image of `nginx` is for "
          "X86_64"},
      Case{R"({"containerDefinitions": [{"name": "php", "image": "host/php:1"}]})",
           {{"host/php:1", {"riscv64", "linux"}}},
           "error /containerDefinitions/1/image: the image of `php` is for riscv64, which ECS does not run"});
  CHECK(lines_of(aws::check(with(example.patch), example.images)) == std::vector<std::string>{example.finding});
  CHECK_THROWS_AS(aws::with_platform(with(example.patch), example.images), Error);
}

TEST_CASE("architectures are ECS's own words") {
  check_row(GENERATE(Row{R"({"runtimePlatform": {"cpuArchitecture": "arm64"}})",
                         "error /runtimePlatform/cpuArchitecture: `arm64` is not a valid value of `cpuArchitecture`",
                         "did you mean `ARM64`?"},
                     Row{R"({"runtimePlatform": {"cpuArchitecture": "mips"}})",
                         "error /runtimePlatform/cpuArchitecture: `mips` is not a valid value of `cpuArchitecture`",
                         "one of X86_64, ARM64"}));
}
