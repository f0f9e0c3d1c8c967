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

TEST_CASE("an error carries what callers decide by: its code, a service's error, whether to try again") {
  Error error(ErrorKind::network, "cannot push `web`");
  CHECK(error.line() == "cannot push `web`");
  CHECK(error.code() == ErrorCode::none);
  CHECK(error.service().code.empty());
  error.because("no repository").with_code(ErrorCode::missing_repository).from_service({"NotFound", "no"}).transient();
  CHECK(error.line() == "cannot push `web`: no repository");
  CHECK(error.code() == ErrorCode::missing_repository);
  CHECK(error.service().code == "NotFound");
  CHECK(error.is_transient());
  CHECK_FALSE(error.permanent().is_transient());
}

TEST_CASE("a stop is not an error, so that handlers of errors let it pass") {
  const auto handled = [] {
    try {
      step("reading", [] { throw Interrupted(); });
    } catch (const Error&) {
    }
  };
  CHECK_THROWS_AS(handled(), Interrupted);
}

TEST_CASE("step adds what was being done") {
  try {
    step("reading", [] { throw Error(ErrorKind::input, "gone"); });
    FAIL();
  } catch (const Error& error) {
    CHECK(error.steps() == std::vector<std::string>{"reading"});
  }
}
