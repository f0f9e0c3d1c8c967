#include <atomic>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>

#include "support/catch.hpp"

using namespace lapstrake;

TEST_CASE("a pipeline delivers in order on any number of threads") {
  const unsigned jobs = GENERATE(1u, 2u, 3u, 8u);
  int given = 0;
  std::vector<int> got;
  std::atomic<int> alive = 0, most = 0;
  ordered_pipeline<int, int>(
      jobs,
      [&]() -> std::optional<int> {
        if (given == 500) return std::nullopt;
        int now = ++alive, seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        return given++;
      },
      [](int&& item) { return item * 2; },
      [&](int&& result) {
        got.push_back(result);
        --alive;
      });
  REQUIRE(got.size() == 500);
  for (int i = 0; i < 500; ++i) CHECK(got[static_cast<std::size_t>(i)] == 2 * i);
  CHECK(most <= static_cast<int>(2 * jobs + 2));
}

TEST_CASE("a pipeline rethrows the failure of any stage and ends") {
  const unsigned jobs = GENERATE(1u, 4u);
  const int stage = GENERATE(0, 1, 2);
  int given = 0;
  const auto fail_if = [&](int here) {
    if (here == stage && given > 20) throw Error(Fault::input, "broken");
  };
  const auto run = [&] {
    ordered_pipeline<int, int>(
        jobs, [&]() -> std::optional<int> { return fail_if(0), given++; }, [&](int&& i) { return fail_if(1), i; },
        [&](int&&) { fail_if(2); });
  };
  CHECK_THROWS_WITH(run(), "broken");
}

TEST_CASE("a stop ends a pipeline and a parallel loop") {
  std::stop_source source;
  std::atomic<int> acts = 0;
  const auto act = [&](std::size_t) {
    if (++acts == 5) source.request_stop();
  };
  try {
    parallel_for_each(1000, 3, act, source.get_token());
    FAIL("it went on");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::interrupted);
  }
  CHECK(acts < 20);
}
