#include <nlohmann/json.hpp>

#include "reading.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::spec;

namespace {

const std::string spec_text = R"(vars: { stage: dev }
images:
  web:
    base: oci:a
    repository: a.example/web
    tags: [v1, v2]
    user: web
    env: { STAGE: "${vars.stage}", TZ: UTC }
    layers:
      - { name: one, remove: [/1] }
      - { name: two, remove: [/2] }
tasks:
  web: { cpu: "256", memory: "512" }
environments:
  production:
    vars: { stage: prod }
    images:
      web:
        tags: [v3]
        user: ~
        env: { TZ: ~, A: b }
        layers:
          - { name: two, remove: [/3] }
          - { name: three, remove: [/4] }
    tasks: { web: { cpu: ~, memory: 1024 } }
)";

Project in(const std::string& environment) {
  ReadOptions options;
  if (!environment.empty()) options.environment = environment;
  auto result = read_text(spec_text, options);
  INFO(only(result));
  REQUIRE(result.project);
  return *std::move(result.project);
}

}  // namespace

TEST_CASE("without -e the document stands as it is") {
  const auto image = in("").images.at(0);
  CHECK(image.tags == std::vector<std::string>{"v1", "v2"});
  CHECK(image.env.at("STAGE") == "dev");
  CHECK(image.layers.size() == 2);
}

TEST_CASE("an environment merges mappings, replaces lists, and removes by null") {
  const auto image = in("production").images.at(0);
  CHECK(image.tags == std::vector<std::string>{"v3"});
  CHECK(image.user.empty());
  CHECK(image.env == std::map<std::string, std::string>{{"A", "b"}, {"STAGE", "prod"}});
}

TEST_CASE("lists of objects with names merge by name, new ones last") {
  const auto layers = in("production").images.at(0).layers;
  REQUIRE(layers.size() == 3);
  CHECK(layers[0].removals.at(0).path == "/1");
  CHECK(layers[1].removals.at(0).path == "/3");
  CHECK(layers[2].name == "three");
  CHECK(layers[2].where.line == 24);
}

TEST_CASE("in a task null stays, for the file that it is laid over") {
  CHECK(nlohmann::json::parse(in("production").tasks.at(0).overlay) ==
        nlohmann::json::parse(R"({"cpu": null, "memory": 1024})"));
}

TEST_CASE("the mistakes of an environment that was not chosen are told, but not what only this machine lacks") {
  const std::string text =
      "images: { web: { base: 'oci:a' } }\nenvironments:\n  a: { images: { web: { labls: {} } } }\n"
      "  b: { images: { web: { env: { X: \"${env.ONLY_THERE}${git.commit}\", Y: \"${vars.no}\" } } } }\n";
  CHECK(only(read_text(text)) == "3:25 unknown key `labls`\n4:73 undefined variable `vars.no`");
  ReadOptions options;
  options.environment = "b";
  CHECK_THAT(only(read_text(text, options)), Contains("`ONLY_THERE` is not set") && Contains("labls"));
}

TEST_CASE("a base that lacks what every environment brings is whole in each of them") {
  const std::string text =
      "images: { web: { base: 'oci:a', tags: [v1] } }\nenvironments: { a: { images: { web: { repository: a.example/b } "
      "} } }";
  CHECK_THAT(only(read_text(text)), Contains("no `repository`"));
  ReadOptions options;
  options.environment = "a";
  CHECK(only(read_text(text, options)) == "");
}

TEST_CASE("64 environments are read, one more is not") {
  std::string text = "images: { web: { base: 'oci:a' } }\nenvironments:\n";
  for (int i = 0; i < 64; ++i) text += "  e" + std::to_string(i) + ": {}\n";
  CHECK(read_text(text).project);
  CHECK(only(read_text(text + "  more: {}\n")) == "2:1 more than 64 environments");
}
