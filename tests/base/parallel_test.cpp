#include <atomic>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>

#include "support/catch.hpp"

using namespace lapstrake;

TEST_CASE("a pipeline's ordered stages see every item in order, on any number of threads, and few are alive") {
  const unsigned jobs = GENERATE(1u, 2u, 3u, 8u);
  const std::size_t most_alive = GENERATE(1u, 2u, 7u);
  int given = 0;
  std::vector<int> early, late;
  std::atomic<int> alive = 0, most = 0;
  pipeline<int>(jobs, most_alive,
                [&](int& item) {
                  if (given == 500) return false;
                  int now = ++alive, seen = most;
                  while (now > seen && !most.compare_exchange_weak(seen, now)) {
                  }
                  item = given++;
                  return true;
                },
                {{.act = [](int& item) { item *= 2; }},
                 {.is_ordered = true, .act = [&](int& item) { early.push_back(item); }},
                 {.act = [](int& item) { ++item; }},
                 {.is_ordered = true, .act = [&](int& item) {
                    late.push_back(item);
                    --alive;
                  }}});
  REQUIRE(early.size() == 500);
  REQUIRE(late.size() == 500);
  for (int i = 0; i < 500; ++i) {
    CHECK(early[static_cast<std::size_t>(i)] == 2 * i);
    CHECK(late[static_cast<std::size_t>(i)] == 2 * i + 1);
  }
  CHECK(most <= static_cast<int>(most_alive));
}

TEST_CASE("a pipeline rethrows the failure of any stage and ends") {
  const unsigned jobs = GENERATE(1u, 4u);
  const int stage = GENERATE(0, 1, 2);
  int given = 0;
  const auto fail_if = [&](int here, int item) {
    if (here == stage && item > 20) throw Error(ErrorKind::input, "broken");
  };
  const auto run = [&] {
    pipeline<int>(jobs, 6, [&](int& item) { return fail_if(0, given), item = given++, true; },
                  {{.act = [&](int& item) { fail_if(1, item); }},
                   {.is_ordered = true, .act = [&](int& item) { fail_if(2, item); }}});
  };
  CHECK_THROWS_WITH(run(), "broken");
}

TEST_CASE("a stop ends a pipeline and a parallel loop") {
  std::stop_source source;
  std::atomic<int> acts = 0;
  const auto act = [&](std::size_t) {
    if (++acts == 5) source.request_stop();
  };
  CHECK_THROWS_AS(parallel_for_each(1000, 3, act, source.get_token()), Interrupted);
  CHECK(acts < 20);
}
