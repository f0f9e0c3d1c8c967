// A host that says "too many" slows down the whole run; a host that is dead is given up once.
#include <lapstrake/base/parallel.hpp>

#include "bench.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;
using fake::reply;
using std::chrono::milliseconds;

namespace {

const std::string host = "registry.example";

}  // namespace

TEST_CASE("each 429 doubles the wait and the distance, each success takes an eighth of the distance away") {
  fake::VirtualRuntime time;
  const auto runtime = time.runtime();
  RateLimiter limiter;
  const auto waited = [&] {
    const auto before = time.slept;
    limiter.wait(host, runtime);
    return (time.slept - before).count();
  };
  CHECK(waited() == 0);
  limiter.throttled(host, limiter.wait(host, runtime), runtime, {});
  CHECK(waited() == 500);
  CHECK(waited() == 100);
  limiter.throttled(host, limiter.wait(host, runtime), runtime, {});
  CHECK(waited() == 1000);
  CHECK(waited() == 200);
  limiter.succeeded(host, limiter.wait(host, runtime));
  waited();
  CHECK(waited() == 175);
  for (int i = 0; i < 20; ++i) limiter.succeeded(host, limiter.wait(host, runtime));
  CHECK(waited() == 0);
}

TEST_CASE("what began before a 429 says nothing new, and another host is not slowed down") {
  fake::VirtualRuntime time;
  const auto runtime = time.runtime();
  RateLimiter limiter;
  std::vector<RateLimiter::Ticket> tickets;
  for (int i = 0; i < 8; ++i) tickets.push_back(limiter.wait(host, runtime));
  for (const auto ticket : tickets) limiter.throttled(host, ticket, runtime, {});
  limiter.wait("other.example", runtime);
  CHECK(time.slept == milliseconds(0));
  limiter.wait(host, runtime);
  CHECK(time.slept == milliseconds(500));
}

TEST_CASE("a host is given up after a dozen failures in a row over half a minute, and not for a hiccup") {
  fake::VirtualRuntime time;
  const auto runtime = time.runtime();
  RateLimiter limiter;
  const auto fail = [&](int times) {
    bool goes_on = true;
    for (int i = 0; i < times; ++i) goes_on = limiter.failed(host, runtime);
    return goes_on;
  };
  const auto later = [&](int seconds) { time.now += std::chrono::seconds(seconds); };
  CHECK(fail(11));
  later(29);
  CHECK(fail(99));
  SECTION("a second more") {
    later(1);
    CHECK_FALSE(fail(1));
  }
  SECTION("a success in between") {
    limiter.succeeded(host, limiter.wait(host, runtime));
    CHECK(fail(1));
    later(30);
    CHECK(fail(10));
    CHECK_FALSE(fail(1));
  }
  SECTION("a minute in between") {
    later(61);
    CHECK(fail(99));
  }
  SECTION("another host") {
    later(1);
    CHECK(limiter.failed("other.example", runtime));
  }
}

TEST_CASE("a clock that is set back makes nobody wait for longer") {
  fake::VirtualRuntime time;
  const auto runtime = time.runtime();
  RateLimiter limiter;
  limiter.throttled(host, limiter.wait(host, runtime), runtime, std::chrono::seconds(60));
  time.now -= std::chrono::hours(5);
  limiter.wait(host, runtime);
  CHECK(time.slept == std::chrono::seconds(60));
}

TEST_CASE("a storm of 429 over 20 layers is sat out by the whole run, in at most 60 requests") {
  Bench bench;
  auto options = bench.options();
  options.rate_limiter = std::make_shared<RateLimiter>();
  options.log = nullptr;  // the bench keeps what one thread says
  const auto begin = bench.time.now;
  // 14 s are more than one upload's six attempts alone would last.
  const auto [seconds, jobs] = GENERATE(table<int, unsigned>({{3, 4}, {10, 4}, {14, 1}}));
  unsigned refused = 0;
  bench.registry.guard = [&, seconds = seconds](const http::Request&) -> std::optional<http::Response> {
    if (options.runtime.clock() - begin > std::chrono::seconds(seconds)) return std::nullopt;
    ++refused;
    return reply(429);
  };
  std::vector<oci::Descriptor> blobs;
  for (int i = 0; i < 20; ++i) blobs.push_back(bench.blob(cat(i)));
  parallel_for_each(20, jobs, [&](std::size_t i) {
    bench.put(Repository(options, host, i % 2 == 0 ? "web" : "api"), blobs[i]);  // one rate limiter per run
  });
  CHECK(bench.registry.blobs.size() == 20);
  CHECK(refused >= 1);
  CHECK(bench.registry.sent().size() <= 60);
}

TEST_CASE("a registry that allows ten requests a second is not asked for many more") {
  Bench bench;
  double bucket = 10;
  auto last = bench.time.now;
  const auto runtime = bench.time.runtime();
  unsigned refused = 0;
  bench.registry.guard = [&](const http::Request&) -> std::optional<http::Response> {
    const auto now = runtime.clock();
    bucket = std::min(10.0, bucket + 10 * std::chrono::duration<double>(now - last).count());
    last = now;
    if (bucket >= 1) {
      --bucket;
      return std::nullopt;
    }
    ++refused;
    return reply(429);
  };
  const auto repository = bench.repository();
  std::vector<oci::Descriptor> blobs;
  for (int i = 0; i < 100; ++i) blobs.push_back(bench.blob(cat(i)));
  parallel_for_each(100, 1, [&](std::size_t i) { bench.put(repository, blobs[i]); });
  CHECK(bench.registry.blobs.size() == 100);
  CHECK(refused >= 1);
  CHECK(refused <= 30);
}

TEST_CASE("many threads that meet a dead host do not each try six times") {
  Bench bench;
  bench.registry.guard = [](const http::Request&) { return fake::lose(); };
  const auto repository = bench.repository();
  std::vector<oci::Descriptor> blobs;
  for (int i = 0; i < 16; ++i) blobs.push_back(bench.blob(cat(i)));
  const auto error =
      failure_of([&] { parallel_for_each(16, 8, [&](std::size_t i) { bench.put(repository, blobs[i]); }); });
  CHECK(error.kind() == ErrorKind::network);
  CHECK(bench.registry.sent().size() < 6 * 8);
}

TEST_CASE("Retry-After in its six forms is a floor for everyone, or ends the run (S23)") {
  const auto [field, least, most, good] = GENERATE(table<std::string, int, int, bool>({
      {"3", 3000, 4000, true},
      {"Sat, 21 Nov 2026 00:00:07 GMT", 7000, 8000, true},
      {"", 500, 1500, true},
      {"abc", 500, 1500, true},
      {"-5", 500, 1500, true},
      {"86400", 0, 0, false},
  }));
  Bench bench;
  bench.registry.fault("POST", "uploads",
                       reply(429, field.empty() ? http::Headers() : http::Headers{{"Retry-After", field}}));
  const auto repository = bench.repository();
  if (good)
    bench.put(repository, bench.blob("x"));
  else
    CHECK(failure_of([&] { bench.put(repository, bench.blob("x")); }).help() ==
          "try again in 86400.0 s: the server requests this wait");
  CHECK(bench.registry.count("POST uploads") == (good ? 2 : 1));
  CHECK(bench.time.slept >= milliseconds(least));
  CHECK(bench.time.slept <= milliseconds(most));
}
