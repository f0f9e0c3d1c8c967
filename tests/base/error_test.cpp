#include <lapstrake/base/error.hpp>

#include "support/catch.hpp"

using namespace lapstrake;

TEST_CASE("an error says what, why, where and the cure") {
  Error error(ErrorKind::network, "cannot push `web:1.4`", "create it");
  error.because("the registry has no repository `web`\x1b[0m")
      .during("starting the upload of layer 1 of 2")
      .helped_by("no");
  CHECK(report(error) ==
        "error: cannot push `web:1.4`\n"
        "  because: the registry has no repository `web`\\x1b[0m\n"
        "  while: starting the upload of layer 1 of 2\n"
        "  help: create it\n");
}

TEST_CASE("step adds what was being done") {
  try {
    step("reading", [] { throw Error(ErrorKind::input, "gone"); });
    FAIL();
  } catch (const Error& error) {
    CHECK(error.steps() == std::vector<std::string>{"reading"});
  }
}
