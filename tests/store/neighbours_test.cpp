// Processes that share a store, and processes that are killed in it.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <lapstrake/base/text.hpp>
#include <lapstrake/store/store.hpp>
#include <string>
#include <thread>

#include "store/samples.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using store::Store;

namespace {

template <class Act>
pid_t start(Act&& act) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  int status = 0;
  try {
    act();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "child: %s\n", error.what());
    status = 1;
  }
  ::_exit(status);
}

bool ended_well(pid_t child) {
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("sixteen builds and a gc on one store lose nothing") {
  TempDir dir;
  constexpr int builds = 16, rounds = 5;
  { const auto store = Store::open(dir / "s"); }
  std::vector<pid_t> children;
  for (int build = 0; build < builds; ++build)
    children.push_back(start([&] {
      for (int round = 0; round < rounds; ++round) {
        const auto store = Store::open(dir / "s");
        const auto image = samples::put_image(store, {"shared", cat("layer ", build, " of ", round)}).root;
        store.set_ref(cat("image-", build, "-", round), image);
        store.set_ref("latest", image);
      }
    }));
  const pid_t gc = start([&] {
    for (int round = 0; round < 10; ++round) Store::gc(dir / "s", process_runtime(), std::chrono::minutes(1));
  });
  for (const pid_t child : children) CHECK(ended_well(child));
  CHECK(ended_well(gc));
  const auto store = Store::open(dir / "s");
  const auto report = store.check({});
  CAPTURE(join(report.problems, "\n"));
  CHECK(report.problems.empty());
  CHECK(store.refs().size() == builds * rounds + 1);
}

TEST_CASE("threads that share a store lose no ref") {
  TempDir dir;
  const auto store = Store::open(dir / "s");
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&store, i] {
        for (int round = 0; round < 5; ++round) store.set_ref(cat(i, "/", round), store.put(cat(i), "text/plain"));
      });
  }
  CHECK(store.refs().size() == 20);
  CHECK(store.check({}).problems.empty());
}

TEST_CASE("a process that is killed at any moment leaves a clean store and no lock") {
  TempDir dir;
  int acknowledged = 0;
  for (int kill_after_us = 0; kill_after_us <= 30000; kill_after_us += 1500) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = start([&] {
      for (int i = 0;; ++i) {
        const auto store = Store::open(dir / "s");
        store.set_ref(cat("k", kill_after_us, "-", i), samples::put_image(store, {cat(kill_after_us, "/", i)}).root);
        if (::write(ends[1], "x", 1) != 1) return;
      }
    });
    ::close(ends[1]);
    if (char said = 0; kill_after_us == 30000 && ::read(ends[0], &said, 1) == 1)
      ++acknowledged;  // however slow the machine
    std::this_thread::sleep_for(std::chrono::microseconds(kill_after_us));
    REQUIRE(::kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    for (char said = 0; ::read(ends[0], &said, 1) == 1;) ++acknowledged;
    ::close(ends[0]);
    const auto store = Store::open(dir / "s");
    const auto report = store.check({});
    CAPTURE(kill_after_us, join(report.problems, "\n"));
    CHECK(report.problems.empty());
    CHECK(store.refs().size() >= static_cast<std::size_t>(acknowledged));
  }
  CHECK(acknowledged > 0);
  Store::gc(dir / "s", process_runtime());
  CHECK(std::filesystem::is_empty(dir / "s/tmp"));
  CHECK(Store::open(dir / "s").check({}).problems.empty());
}
