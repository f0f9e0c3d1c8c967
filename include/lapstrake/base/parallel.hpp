// The only two ways in which lapstrake uses threads. Both end early, and rethrow, at the first failure or when stopped.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace lapstrake {

// Error{interrupted} when a stop was requested.
void stop_point(const std::stop_token& stop);

// The number of threads to use when the user says nothing: the processors this process may run on, at least 1.
unsigned default_jobs();

// act(0) ... act(count - 1) on at most `jobs` threads, in order of start. The first failure stops what has not started.
void parallel_for_each(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& act,
                       const std::stop_token& stop = {});

// next() yields items one at a time (never called twice at once) until nothing; work(item) runs on at most `jobs`
// threads; done(result) is called one at a time, in the order of next(). At most 2 * jobs + 2 items are alive: memory
// is bounded. With jobs == 1 all of it runs on the calling thread.
template <class Item, class Result>
void ordered_pipeline(unsigned jobs, const std::function<std::optional<Item>()>& next,
                      const std::function<Result(Item&&)>& work, const std::function<void(Result&&)>& done,
                      const std::stop_token& stop = {}) {
  if (jobs <= 1) {
    for (auto item = next(); item; item = next()) {
      stop_point(stop);
      done(work(std::move(*item)));
    }
    return;
  }
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::size_t, Result> ready;
  std::size_t taken = 0, delivered = 0;
  bool taking = false, delivering = false, ended = false;
  std::exception_ptr failure;
  const std::size_t most_alive = 2 * std::size_t{jobs} + 2;

  auto guarded = [&](std::unique_lock<std::mutex>& lock, auto&& act) {
    lock.unlock();
    std::exception_ptr thrown;
    try {
      stop_point(stop);
      act();
    } catch (...) {
      thrown = std::current_exception();
    }
    lock.lock();
    if (thrown && !failure) failure = thrown;
    changed.notify_all();
  };
  auto worker = [&] {
    std::unique_lock lock(mutex);
    while (!failure && !(ended && !taking && delivered == taken)) {
      if (auto first = ready.find(delivered); !delivering && first != ready.end()) {
        delivering = true;
        Result result = std::move(first->second);
        ready.erase(first);
        guarded(lock, [&] { done(std::move(result)); });
        delivering = false;
        ++delivered;
      } else if (!taking && !ended && taken - delivered < most_alive) {
        taking = true;
        std::optional<Item> item;
        guarded(lock, [&] { item = next(); });
        taking = false;
        if (!item) {
          ended = true;
          changed.notify_all();
          continue;
        }
        const std::size_t index = taken++;
        changed.notify_all();
        std::optional<Result> result;
        guarded(lock, [&] { result.emplace(work(std::move(*item))); });
        if (result) ready.emplace(index, std::move(*result));
        changed.notify_all();
      } else {
        changed.wait(lock);
      }
    }
    changed.notify_all();
  };
  {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < jobs; ++i) others.emplace_back(worker);
    worker();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace lapstrake
