#include "faults.hpp"

#include <lapstrake/base/error.hpp>

#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::sandbox;

namespace {
// Which of ten like requests met the fault.
std::string struck(const std::string& when) {
  Faults faults;
  faults.set(parse_faults(R"({"rules": [{"match": {"method": "PUT"}, )" + when + R"( "do": {"status": 503}}]})"));
  std::string pattern;
  for (int i = 0; i < 10; ++i) {
    faults.next("GET", "host", "/", "", "");
    pattern += faults.next("PUT", "host", "/", "", "").status ? 'X' : '.';
  }
  return pattern;
}
}  // namespace

TEST_CASE("a rule meets the requests that it counts out") {
  CHECK(struck("") == "XXXXXXXXXX");
  CHECK(struck(R"("nth": 3,)") == "..X.......");
  CHECK(struck(R"("from": 2, "to": 4,)") == ".XXX......");
  CHECK(struck(R"("to": 2,)") == "XX........");
  CHECK(struck(R"("every": 3,)") == "..X..X..X.");
  CHECK(struck(R"("from": 1, "every": 4,)") == "X...X...X.");
}

TEST_CASE("a rule matches by method, host, path and operation") {
  Faults faults;
  auto meets = [&](const std::string& match, const std::string& query = "") {
    faults.set(parse_faults(R"({"rules": [{"match": {)" + match + R"(}, "do": {"hang_up": true}}]})"));
    return faults.next("PUT", "1.dkr.ecr.us-east-1.amazonaws.com", "/v2/web/manifests/v1", query, "PutImage").hang_up;
  };
  CHECK(meets(R"("path": "/v2/*/manifests/*")"));
  CHECK(meets(R"("path": "*/manifests/v1")", "a=b"));
  CHECK(meets(R"("path": "*/v1?a=*")", "a=b"));
  CHECK(meets(R"("host": "*.amazonaws.com", "operation": "Put*")"));
  CHECK_FALSE(meets(R"("path": "/v2/*/blobs/*")"));
  CHECK_FALSE(meets(R"("path": "*/v1?b=*")", "a=b"));
  CHECK_FALSE(meets(R"("operation": "PutImageX")"));
  CHECK_FALSE(meets(R"("method": "GET")"));
}

TEST_CASE("of several rules the first whose turn it is acts, and all of them count") {
  Faults faults;
  faults.set(parse_faults(R"({"rules": [{"nth": 2, "do": {"status": 500}}, {"nth": 2, "do": {"status": 501}},
                                        {"nth": 3, "do": {"status": 502}}]})"));
  CHECK_FALSE(faults.next("GET", "", "/", "", "").status);
  CHECK(faults.next("GET", "", "/", "", "").status == 500);
  CHECK(faults.next("GET", "", "/", "", "").status == 502);
}

TEST_CASE("a rate lets one second's worth through at once, and then as much as time brings") {
  Faults faults;
  faults.set(parse_faults(R"({"rules": [{"above_per_second": 2, "do": {"throttle": true}}]})"));
  const Faults::Moment start{std::chrono::hours(1)};
  std::string seen;
  for (const int ms : {0, 0, 0, 100, 400, 400, 500, 1000, 5000, 5000, 5000}) {
    const auto now = start + std::chrono::milliseconds(ms);
    seen += faults.next("PUT", "", "/", "", "", now).throttle ? 'X' : '.';
  }
  CHECK(seen == "..XXXX....X");
}

TEST_CASE("actions that are denied are named by globs") {
  Faults faults;
  faults.set(parse_faults(R"({"deny": ["ecr:Initiate*", "ecr:PutImage"]})"));
  CHECK(faults.denies("ecr:InitiateLayerUpload"));
  CHECK(faults.denies("ecr:PutImage"));
  CHECK_FALSE(faults.denies("ecr:PutImageX"));
  CHECK_FALSE(faults.denies("ecs:RegisterTaskDefinition"));
}

TEST_CASE("a wrong script is an error that names the member") {
  struct Case {
    std::string script, message;
  };
  const auto c = GENERATE(
      Case{"[]", "at ``: it must be an object"}, Case{R"({"rule": []})", "at `rule`: unknown member"},
      Case{R"({"rules": {}})", "at `rules`: it must be a list"},
      Case{R"({"rules": [{}]})", "at `rules[0].do`: it is missing"},
      Case{R"({"rules": [{"do": {}}]})", "at `rules[0].do`: it has no effect"},
      Case{R"({"rules": [{"do": {"hang_up": true}}, {"do": {"reset": "soon"}}]})",
           "at `rules[1].do.reset`: it must be one of"},
      Case{R"({"rules": [{"do": {"status": 99}}]})",
           "at `rules[0].do.status`: it must be a whole number from 200 to 599"},
      Case{R"({"rules": [{"do": {"body": "x"}}]})", "at `rules[0].do.body`: it requires `status`"},
      Case{R"({"rules": [{"do": {"at_percent": 3}}]})", "at `rules[0].do.at_percent`: it requires"},
      Case{R"({"rules": [{"do": {"headers": {"A": 1}}}]})", "at `rules[0].do.headers.A`: it must be a string"},
      Case{R"({"rules": [{"nth": 0, "do": {"hang_up": true}}]})",
           "at `rules[0].nth`: it must be a whole number from 1"},
      Case{R"({"rules": [{"nth": 1, "to": 2, "do": {"hang_up": true}}]})", "at `rules[0].nth`: it cannot be combined"},
      Case{R"({"rules": [{"from": 3, "to": 2, "do": {"hang_up": true}}]})", "at `rules[0].to`: it is less"},
      Case{R"({"rules": [{"match": {"pth": "*"}, "do": {"hang_up": true}}]})",
           "at `rules[0].match.pth`: unknown member"},
      Case{R"({"deny": "ecr:PutImage"})", "at `deny`: it must be a list"},
      Case{R"({"deny": [7]})", "at `deny[0]`: it must be a string"},
      Case{R"({"rules": [{"above_per_second": 0, "do": {"throttle": true}}]})", "at `rules[0].above_per_second`"},
      Case{R"({"rules": [)", "not valid JSON (line 1"});
  CAPTURE(c.script);
  try {
    parse_faults(c.script);
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK_THAT(error.summary(), Contains(c.message));
  }
}

TEST_CASE("an empty script has no rules, and comments are read") {
  CHECK(parse_faults(" \n").rules.empty());
  CHECK(parse_faults(R"({"rules": []} // none)").rules.empty());
}
