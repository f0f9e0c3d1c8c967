#include <lapstrake/base/error.hpp>

#include "../../src/cli/options.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::cli;

namespace {

Error refusal(const std::vector<std::string>& words) {
  try {
    parse(words);
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::internal, "it was taken");
}

}  // namespace

TEST_CASE("global options may stand before and after the command") {
  for (const auto& words : {std::vector<std::string>{"-v", "--json", "-C", "x", "push", "web"},
                            {"push", "web", "-C", "x", "--json", "-v"}}) {
    const auto options = parse(words);
    CHECK(options.command == "push");
    CHECK(options.names == std::vector<std::string>{"web"});
    CHECK(options.folder == "x");
    CHECK(options.json);
    CHECK(options.verbose == 1);
  }
}

TEST_CASE("options that may be repeated take one value each") {
  const auto options = parse({"build", "-o", "oci:a", "web", "-o", "oci:b", "--set", "x=1", "--set", "y=2", "php"});
  CHECK(options.outputs == std::vector<std::string>{"oci:a", "oci:b"});
  CHECK(options.set == std::vector<std::string>{"x=1", "y=2"});
  CHECK(options.names == std::vector<std::string>{"web", "php"});
}

TEST_CASE("caches may be many to take from, and one to keep in") {
  const auto options = parse(
      {"push", "--cache-from", "r.example/a", "--cache-from", "r.example/a:main", "web", "--cache-to", "r.example/a"});
  CHECK(options.cache_from == std::vector<std::string>{"r.example/a", "r.example/a:main"});
  CHECK(options.cache_to == "r.example/a");
  CHECK(options.names == std::vector<std::string>{"web"});
  CHECK_THAT(refusal({"build", "--cache-to", "a.example/x", "--cache-to", "a.example/y"}).summary(),
             Contains("--cache-to"));
}

TEST_CASE("`plan` takes names, `build` takes --explain") {
  CHECK(parse({"plan", "web", "php"}).names == std::vector<std::string>{"web", "php"});
  CHECK(parse({"build", "--explain", "--watch"}).explain);
  CHECK_FALSE(parse({"build", "web"}).explain);
}

TEST_CASE("the sandbox's command keeps its own options") {
  const auto options =
      parse({"sandbox", "--no-create", "--", "lapstrake", "-C", "examples/hello", "register", "--dry-run"});
  CHECK(options.command == "sandbox");
  CHECK(options.no_create);
  CHECK(options.folder.empty());
  CHECK(options.child == std::vector<std::string>{"lapstrake", "-C", "examples/hello", "register", "--dry-run"});
}

TEST_CASE("commands of `store` are two words") { CHECK(parse({"store", "gc"}).command == "store gc"); }

TEST_CASE("what is misspelt is refused with a suggestion") {
  CHECK(refusal({"psuh"}).help() == "did you mean `lapstrake push`?");
  CHECK(refusal({"build", "--plattform", "linux/arm64"}).help() == "did you mean `--platform`?");
  CHECK(refusal({"frobnicate"}).summary() == "unknown command `frobnicate`");
  CHECK(refusal({"store", "chekc"}).help() == "did you mean `lapstrake store check`?");
  CHECK(refusal({"schema", "web"}).summary() == "unexpected argument `web` for `lapstrake schema`");
  CHECK(refusal({"build", "--", "x"}).kind() == ErrorKind::usage);
  CHECK(refusal({"build", "--push"}).help() == "run `lapstrake push` to build and push once");
  CHECK(refusal({"build", "--watch", "--push", "--explain"}).summary() == "`--explain` cannot be used with `--push`");
  CHECK(refusal({"lock", "debian:12"}).help() == "run `lapstrake lock --update debian:12`");
  CHECK(refusal({"vendor", "a", "b"}).kind() == ErrorKind::usage);
  CHECK(refusal({"build", "--ofline"}).help() == "did you mean `--offline`?");
  CHECK(refusal({"plan", "--explain"}).kind() == ErrorKind::usage);
  CHECK(refusal({"paln"}).help() == "did you mean `lapstrake plan`?");
  CHECK(refusal({"build", "-j", "many"}).kind() == ErrorKind::usage);
  CHECK(refusal({"build", "--progress", "loud"}).kind() == ErrorKind::usage);
}
