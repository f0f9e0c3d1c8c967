#include <lapstrake/base/text.hpp>
#include <lapstrake/http/retry.hpp>
#include <tuple>

#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::http;
using std::chrono::milliseconds;

namespace {

// 2026-11-21T00:00:00Z
constexpr std::chrono::system_clock::time_point now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};

struct VirtualRuntime {
  std::vector<std::int64_t> slept;
  Runtime runtime{.environment = [](std::string_view) { return std::nullopt; },
                  .clock = [] { return now; },
                  .sleep = [this](milliseconds time) { slept.push_back(time.count()); },
                  .random = [] { return 0.5; },
                  .stop = {}};
};

// Answers with each status in turn; 0 is a lost connection.
struct Script {
  std::vector<int> statuses;
  std::size_t count = 0;
  Headers headers = {};
  Transport transport() {
    return [this](const Request& request) -> Response {
      const int status = statuses.at(count++);
      if (status == 0) throw Error(ErrorKind::network, "lost").transient();
      if (request.sink) request.sink(as_bytes("part"));
      if (status == 1) throw Error(ErrorKind::network, "lost in the middle").transient();
      return {.status = status, .headers = headers, .body = {}, .url = request.url};
    };
  }
};

}  // namespace

TEST_CASE("each status is retried or not as the policy says") {
  const auto [status, attempts] = GENERATE(table<int, std::size_t>({
      {200, 1}, {201, 1}, {301, 1}, {307, 1}, {400, 1}, {401, 1}, {403, 1}, {404, 1}, {405, 1}, {408, 6},
      {409, 1}, {410, 1}, {411, 1}, {413, 1}, {415, 1}, {416, 1}, {422, 1}, {425, 6}, {429, 6}, {431, 1},
      {499, 6}, {500, 6}, {501, 1}, {502, 6}, {503, 6}, {504, 6}, {505, 1}, {507, 1}, {522, 6},
  }));
  VirtualRuntime virtual_runtime;
  Script script{std::vector<int>(6, status)};
  CHECK(with_retry(script.transport(), {}, virtual_runtime.runtime)({}).status == status);
  CHECK(script.count == attempts);
}

TEST_CASE("waits double up to the cap, with jitter over the whole of each") {
  const RetryPolicy policy{.most_attempts = 10};
  const auto delay = [&](unsigned attempt, double chance) {
    return delay_before_retry(policy, attempt, chance, {})->count();
  };
  CHECK(delay(1, 0.999999) == 499);
  CHECK(delay(1, 0) == 0);
  CHECK(delay(3, 0.5) == 1000);
  CHECK(delay(9, 0.999999) == 29999);
  CHECK(delay_before_retry(policy, 10, 0.5, {}) == std::nullopt);
  CHECK(delay_before_retry({.most_attempts = 4'000'000'000u}, 3'999'999'999u, 0.5, {}) == milliseconds(15'000));
  CHECK(delay_before_retry(policy, 1, 0.5, milliseconds(3000)) == milliseconds(3250));
  CHECK(delay_before_retry(policy, 1, 0.5, milliseconds(120'001)) == std::nullopt);
}

TEST_CASE("Retry-After is a floor in seconds or as a date, and nonsense is no floor") {
  const auto [field, wait] = GENERATE(table<std::string, std::optional<milliseconds>>({
      {"3", milliseconds(3000)},
      {" 0 ", milliseconds(0)},
      {"Sat, 21 Nov 2026 00:00:07 GMT", milliseconds(7000)},
      {"Saturday, 21-Nov-26 00:01:00 GMT", milliseconds(60'000)},
      {"Sat Nov 21 00:00:09 2026", milliseconds(9000)},
      {"Fri, 20 Nov 2026 23:59:59 GMT", std::nullopt},
      {"Fri, 31 Dec 9999 00:00:00 GMT", milliseconds(5'494'348'800'000)},  // the end of 2200: past 2262 clocks overflow
      {"Mon, 01 Jan 1601 00:00:00 GMT", std::nullopt},
      {"abc", std::nullopt},
      {"", std::nullopt},
      {"-5", std::nullopt},
      {"3.5", std::nullopt},
      {"Sat, 31 Feb 2026 00:00:07 GMT", std::nullopt},
      {"Sat, 21 Nov 2026 00:00 GMT", milliseconds(0)},
      {"Sat, 21 Nov 2026 01:00:07 +0100", milliseconds(7000)},
      {"86400", milliseconds(86'400'000)},
      {"9223372036854775807", milliseconds(31'536'000'000)},
      {"99999999999999999999", std::nullopt},
  }));
  CHECK(retry_after(Headers{{"Retry-After", field}}, now) == wait);
  CHECK(retry_after(Headers{}, now) == std::nullopt);
}

TEST_CASE("a server's wait is kept, and one that is too long is not begun (S23)") {
  VirtualRuntime virtual_runtime;
  const auto [field, slept] = GENERATE(table<std::string, std::vector<std::int64_t>>({
      {"3", {3250, 3500, 4000, 5000, 7000}},
      {"abc", {250, 500, 1000, 2000, 4000}},
      {"-1", {250, 500, 1000, 2000, 4000}},
      {"Sat, 21 Nov 2026 00:01:00 GMT", {60'250, 60'500, 61'000, 62'000, 64'000}},
      {"86400", {}},
      {"121", {}},
  }));
  Script script{std::vector<int>(6, 429), 0, Headers{{"Retry-After", field}}};
  CHECK(with_retry(script.transport(), {}, virtual_runtime.runtime)({}).status == 429);
  CHECK(virtual_runtime.slept == slept);
  CHECK(script.count == slept.size() + 1);
}

TEST_CASE("a lost connection is tried again, and told") {
  VirtualRuntime virtual_runtime;
  Script script{{0, 503, 200}};
  std::vector<std::string> notices;
  const auto transport =
      with_retry(script.transport(), {}, virtual_runtime.runtime, [&](const auto& text) { notices.push_back(text); });
  CHECK(transport({.url = parse_url("https://h/x?token=secret")}).status == 200);
  CHECK(notices == std::vector<std::string>{
                       "attempt 1 of 6 failed: lost; trying again in 0.3 s",
                       "attempt 2 of 6 failed: https://h/x?token=REDACTED returned 503; trying again in 0.5 s"});
}

TEST_CASE("what has reached a sink is not sent there twice") {
  VirtualRuntime virtual_runtime;
  Script script{{0, 1, 200}};
  std::string got;
  CHECK_THROWS_AS(with_retry(script.transport(), {},
                             virtual_runtime.runtime)({.sink = [&](Bytes bytes) { got += as_text(bytes); }}),
                  Error);
  CHECK(got == "part");
  CHECK(script.count == 2);
}

TEST_CASE("retrying repeats what is transient, and says how often at the end") {
  VirtualRuntime virtual_runtime;
  unsigned count = 0;
  const auto fail = [&](bool transient, std::optional<milliseconds> floor = {}) {
    return [&count, transient, floor]() -> int {
      ++count;
      Error error(ErrorKind::network, "no");
      if (transient) error.transient(floor);
      throw error;
    };
  };
  CHECK_THROWS_AS(retrying({}, virtual_runtime.runtime, nullptr, fail(false)), Error);
  CHECK(count == 1);
  try {
    retrying({}, virtual_runtime.runtime, nullptr, fail(true));
    FAIL();
  } catch (const Error& error) {
    CHECK(count == 7);
    CHECK(error.steps() == std::vector<std::string>{"attempt 6 of 6"});
  }
  try {
    retrying({}, virtual_runtime.runtime, nullptr, fail(true, std::chrono::hours(24)));
    FAIL();
  } catch (const Error& error) {
    CHECK(count == 8);
    CHECK(error.help() == "try again in 86400.0 s: the server requests this wait");
  }
}

TEST_CASE("an interrupted wait ends the retries") {
  VirtualRuntime virtual_runtime;
  virtual_runtime.runtime.sleep = [](milliseconds) { throw Interrupted(); };
  Script script{{0, 200}};
  CHECK_THROWS_AS(with_retry(script.transport(), {}, virtual_runtime.runtime)({}), Interrupted);
  CHECK(script.count == 1);
}

TEST_CASE("a trace shows what was asked without its secrets") {
  VirtualRuntime virtual_runtime;
  auto time = now;
  virtual_runtime.runtime.clock = [&] { return time += milliseconds(31); };
  Script script{{200, 0}};
  std::vector<std::string> lines;
  const auto transport =
      with_trace(script.transport(), virtual_runtime.runtime, [&](const auto& line) { lines.push_back(line); });
  const Request request{.url = parse_url("https://host/path?X-Amz-Signature=sesame"),
                        .headers = {{"Authorization", "Basic sesame"}}};
  transport(request);
  CHECK_THROWS_AS(transport(request), Error);
  CHECK(lines ==
        std::vector<std::string>{"GET https://host/path?X-Amz-Signature=REDACTED -> 200 (0.031 s)",
                                 "GET https://host/path?X-Amz-Signature=REDACTED -> no reply: lost (0.031 s)"});
}
