#include <lapstrake/base/error.hpp>
#include <lapstrake/base/program.hpp>

#include "support/catch.hpp"

using namespace lapstrake;
using namespace std::chrono_literals;

namespace {

ProgramResult shell(const std::string& script,
                    const ProgramLimits& limits = {.time = 20s, .output = 100, .errors = 10}) {
  return run_program(process_runtime(), {"sh", "-c", script}, limits);
}

}  // namespace

TEST_CASE("a program's output, errors and status are captured") {
  const auto result = shell("echo out; echo err >&2; exit 7");
  CHECK(result.output == "out\n");
  CHECK(result.errors == "err\n");
  CHECK(result.status == 7);
  CHECK(shell("kill -9 $$").status == 128 + 9);
}

TEST_CASE("a program reads nothing from our stdin, and has no other file of ours") {
  CHECK(shell("cat; echo end").output == "end\n");
  CHECK(shell("ls /proc/self/fd | wc -l").output == "4\n");  // 0, 1, 2 and that of ls
}

TEST_CASE("of errors that are too long the beginning is kept; output that is too long is an error") {
  CHECK(shell("head -c 500 /dev/zero | tr '\\0' x >&2").errors == std::string(10, 'x'));
  CHECK_THROWS_WITH(shell("yes"), Contains("printed more than 100 B"));
  CHECK(shell("head -c 100 /dev/zero").output.size() == 100);
}

TEST_CASE("a program that goes on too long is ended, with all that it started") {
  const auto begin = std::chrono::steady_clock::now();
  CHECK_THROWS_WITH(shell("sleep 60 & sleep 60", {.time = 200ms, .output = 10}), Contains("did not end within"));
  CHECK(shell("sleep 60 & echo x").output == "x\n");  // its stdout is held open
  CHECK(std::chrono::steady_clock::now() - begin < 30s);
}

TEST_CASE("a program that is not there is named, and a relative folder of PATH is not searched") {
  CHECK_THROWS_WITH(run_program(process_runtime(), {"no-such-program"}, {}), Contains("was not found on the PATH"));
  CHECK_THROWS_WITH(run_program(process_runtime(), {"/no/such"}, {.time = 1s}), Contains("No such file"));
  auto runtime = process_runtime();
  runtime.environment = [](std::string_view) { return std::optional<std::string>("."); };
  CHECK_THROWS_WITH(run_program(runtime, {"sh"}, {.time = 1s}), Contains("was not found"));
}

TEST_CASE("a stop request ends a program") {
  std::stop_source stop;
  auto runtime = process_runtime(stop.get_token());
  stop.request_stop();
  CHECK_THROWS_AS(run_program(runtime, {"sleep", "60"}, {.time = 90s}), Interrupted);
}
