#include <lapstrake/base/error.hpp>

#include "../../src/cli/parser.hpp"
#include "../../src/cli/run.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"

using namespace lapstrake;
using namespace lapstrake::cli;

namespace {

// A command line parsed with two commands: `paint [COLOUR...]` and the group `hull` with `hull dry`.
struct Parsed {
  bool wet = false;
  std::optional<std::string> brush{};
  std::vector<std::string> layers{};
  std::int64_t coats = 0;
  std::vector<Command> commands{
      {.name = "paint",
       .summary = {},
       .usage = {},
       .examples = {},
       .description = {},
       .arguments = {.most = any_number},
       .options = {flag("-w,--wet", {}, wet), option("--brush", "NAME", {}, brush),
                   list("-l,--layer", "NAME", {}, layers),
                   number("-c,--coats", "N", {}, 1, 9, [this](std::int64_t given) { coats = given; })},
       .accepts_program = true},
      {.name = "hull",
       .summary = {},
       .usage = {},
       .examples = {},
       .description = {},
       .subcommands = {{.name = "hull dry", .summary = {}, .usage = {}, .examples = {}, .description = {}}}}};
  CommandLine line;

  explicit Parsed(const std::vector<std::string>& words) : line(parse(commands, words)) {}
  Parsed(const Parsed&) = delete;
  Parsed& operator=(const Parsed&) = delete;
};

// Of the program's own commands; they fail before they use the context.
Error failure(const std::vector<std::string>& words) {
  return failure_of([&] {
    Runtime runtime;
    runtime.environment = [](std::string_view) { return std::nullopt; };
    run(words, runtime);
  });
}

}  // namespace

TEST_CASE("an empty value leaves a number and the progress style as they are") {
  const Parsed parsed({"paint", "--coats", "", "-j", "", "--progress", ""});
  CHECK(parsed.coats == 0);
  CHECK(parsed.line.options.progress == Parsed({"paint"}).line.options.progress);
}

TEST_CASE("global options may precede and follow the command") {
  for (const auto& words : {std::vector<std::string>{"-v", "--json", "-C", "x", "paint", "red"},
                            {"paint", "red", "-C", "x", "--json", "-v", "-v"}}) {
    const Parsed parsed(words);
    CHECK(parsed.line.command->name == "paint");
    CHECK(parsed.line.arguments == std::vector<std::string>{"red"});
    CHECK(parsed.line.options.folder == "x");
    CHECK(parsed.line.options.json);
    CHECK(parsed.line.options.verbose);
  }
}

TEST_CASE("a list takes one value each time it is given") {
  const Parsed parsed({"paint", "-l", "a", "red", "--layer", "b", "--set", "x=1", "--set", "y=2", "blue"});
  CHECK(parsed.layers == std::vector<std::string>{"a", "b"});
  CHECK(parsed.line.options.set == std::vector<std::string>{"x=1", "y=2"});
  CHECK(parsed.line.arguments == std::vector<std::string>{"red", "blue"});
}

TEST_CASE("options of a command are assigned to its variables") {
  const Parsed parsed({"paint", "-w", "--brush=wide", "-c", "3"});
  CHECK(parsed.wet);
  CHECK(parsed.brush == "wide");
  CHECK(parsed.coats == 3);
  CHECK(parsed.line.options.jobs == 0);
}

TEST_CASE("a single value cannot be repeated, a number has limits") {
  CHECK_THAT(failure_of([] { Parsed({"paint", "--brush", "a", "--brush", "b"}); }).summary(), Contains("--brush"));
  CHECK(failure_of([] {
          Parsed({"paint", "-c", "10"});
        }).summary() == "invalid value `--coats 10`: expected a number from 1 to 9");
}

TEST_CASE("a program after `--` keeps its own options") {
  const Parsed parsed({"paint", "--wet", "--", "lapstrake", "-C", "examples/hello", "register", "--dry-run"});
  CHECK(parsed.wet);
  CHECK(parsed.line.options.folder.empty());
  CHECK(parsed.line.program == std::vector<std::string>{"lapstrake", "-C", "examples/hello", "register", "--dry-run"});
}

TEST_CASE("a subcommand is two words") {
  CHECK(Parsed({"hull", "dry"}).line.command->name == "hull dry");
  CHECK(Parsed({"hull"}).line.command->name == "hull");
  CHECK_FALSE(Parsed({}).line.command.has_value());
}

TEST_CASE("misspelt commands and options are refused with a suggestion") {
  CHECK(failure({"psuh"}).help() == "did you mean `lapstrake push`?");
  CHECK(failure({"paln"}).help() == "did you mean `lapstrake plan`?");
  CHECK(failure({"build", "--plattform", "linux/arm64"}).help() == "did you mean `--platform`?");
  CHECK(failure({"build", "--ofline"}).help() == "did you mean `--offline`?");
  CHECK(failure({"frobnicate"}).summary() == "unknown command `frobnicate`");
  CHECK(failure({"store", "chekc"}).help() == "did you mean `lapstrake store check`?");
  CHECK(failure({"help", "psuh"}).help() == "did you mean `lapstrake help push`?");
}

TEST_CASE("options and arguments that do not fit a command are refused") {
  CHECK(failure({"schema", "web"}).summary() == "unexpected argument `web` for `lapstrake schema`");
  CHECK(failure({"build", "--", "x"}).kind() == ErrorKind::usage);
  CHECK(failure({"build", "--push"}).help() == "run `lapstrake push` to build and push once");
  CHECK(failure({"build", "--watch", "--push", "--explain"}).summary() == "`--explain` cannot be used with `--push`");
  CHECK(failure({"build", "--watch", "--push", "--offline"}).help() == "remove `--offline`");
  CHECK(failure({"push", "--offline"}).help() == "remove `--offline`");
  CHECK(failure({"lock", "debian:12"}).help() == "run `lapstrake lock --update debian:12`");
  CHECK(failure({"vendor", "a", "b"}).summary() == "`lapstrake vendor` accepts at most one folder");
  CHECK(failure({"inspect"}).summary() == "`lapstrake inspect` needs exactly one argument: the image");
  CHECK(failure({"plan", "--explain"}).kind() == ErrorKind::usage);
  CHECK(failure({"store"}).help() == "for example `lapstrake store check`");
  CHECK(failure({"completion", "ksh"}).help() == "use bash, zsh or fish");
  CHECK(failure({"build", "-j", "many"}).kind() == ErrorKind::usage);
  CHECK(failure({"build", "--progress", "loud"}).kind() == ErrorKind::usage);
}
