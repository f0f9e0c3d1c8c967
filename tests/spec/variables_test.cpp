#include <lapstrake/spec/placeholders.hpp>

#include "reading.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::spec;

namespace {

// What `value` becomes.
std::string filled(const std::string& value, ReadOptions options = {}) {
  const auto result =
      read_text("vars: { a: one, b: \"${vars.a} two\", c: \"\" }\nimages: { web: { base: 'oci:a', env: { X: \"" +
                    value + "\" } } }",
                std::move(options));
  return result.project ? result.project->images.at(0).env.at("X") : only(result);
}

}  // namespace

TEST_CASE("variables are filled in, of variables too") {
  const auto [text, value] = GENERATE(table<std::string, std::string>({{"${vars.a}", "one"},
                                                                       {"<${vars.b}>${vars.a}", "<one two>one"},
                                                                       {"${vars.c}", ""},
                                                                       {"$${vars.a}", "${vars.a}"},
                                                                       {"$$${vars.a}", "$${vars.a}"},
                                                                       {"$vars.a $ $$ }", "$vars.a $ $$ }"},
                                                                       {"${env.NO:-}", ""},
                                                                       {"${env.NO:-a:-b}", "a:-b"}}));
  CHECK(filled(text) == value);
}

TEST_CASE("--set overrides a var, and what is made of it, as plain text") {
  ReadOptions options;
  options.set = {{"a", "${vars.c}"}};
  CHECK(filled("${vars.b}", options) == "${vars.c} two");
}

TEST_CASE("--set takes text alone") {
  ReadOptions options;
  options.set = {{"a", "\xe9"}};
  CHECK(filled("${vars.a}", options) == "0:0 --set a: the value is not UTF-8");
}

TEST_CASE("environment variables and the commit come from outside") {
  ReadOptions options;
  options.environment_variables = environment_of({{"STAGE", "prod"}, {"LATIN1", "\xe9"}});
  options.git_commit = [] { return "0123456789abcdef0123456789abcdef01234567"; };
  CHECK(filled("${env.STAGE}-${git.commit}", options) == "prod-0123456789abcdef0123456789abcdef01234567");
  CHECK(filled("${env.STAGE:-dev}", options) == "prod");
  CHECK_THAT(filled("${env.LATIN1}", options), Contains("is not UTF-8"));
}

TEST_CASE("credentials of the environment are refused by rule, unless the spec names them as public (S50)") {
  ReadOptions options;
  options.environment_variables =
      environment_of({{"CACHE_KEY_V", "1"}, {"API_KEY", "hush"}, {"BASE", "https://joe:hush@h/"}});
  CHECK_THAT(filled("${env.API_KEY}", options), Contains("`API_KEY` looks like a credential") && !Contains("hush"));
  CHECK_THAT(filled("${env.API_KEY:-x}", options), Contains("looks like a credential"));
  CHECK_THAT(filled("${env.BASE}", options), Contains("a URL with a password") && !Contains("hush"));
  const auto opened = [&](const std::string& name) {
    const auto result = read_text(
        "public_variables: [API_KEY, BASE]\nimages: { web: { base: 'oci:a', env: { X: \"${env." + name + "}\" } } }",
        options);
    return result.project ? result.project->images.at(0).env.at("X") : only(result);
  };
  CHECK(opened("API_KEY") == "hush");
  CHECK(opened("BASE") == "https://joe:hush@h/");
  CHECK_THAT(opened("CACHE_KEY_V"), Contains("looks like a credential"));
}

TEST_CASE("a variable makes numbers and truths where the key wants them") {
  const auto result = read_text(
      "vars: { uid: 33, yes: \"true\" }\nregistries: { a.example: { insecure: \"${vars.yes}\" } }\n"
      "images: { web: { base: 'oci:a', users: [ { name: a, uid: \"${vars.uid}\" } ] } }");
  REQUIRE(result.project);
  CHECK(result.project->images.at(0).accounts.users.at(0).uid == 33);
  CHECK(result.project->registries.at("a.example").insecure);
}

TEST_CASE("what a variable became is checked, where the value stands") {
  CHECK(only(read_text("vars: { tag: -x }\nimages: { web: { base: 'oci:a', repository: a.example/b, tags: [ "
                       "\"${vars.tag}\" ] } }")) == "2:66 an item of `tags`: `-x` is not a valid tag");
}

TEST_CASE("a platform's words are filled into sources") {
  const oci::Platform platform{.os = "linux", .architecture = "arm", .variant = "v7"};
  CHECK(fill_platform("b/${platform.os}-${platform.arch}/${platform.variant}/${platform.arch}", platform) ==
        "b/linux-arm/v7/arm");
}

TEST_CASE("images are filled into texts, literal ones are not") {
  const auto reference = [](const std::string& name) { return "<" + name + ">"; };
  CHECK(fill_images("a ${images.web} ${images.api}", reference) == "a <web> <api>");
  CHECK(fill_images("$${images.web} ${HOME} $${HOME}", reference) == "${images.web} ${HOME} $${HOME}");
}
