// The only two ways in which lapstrake uses threads. Both end early, and rethrow, at the first failure or when stopped.
#pragma once
#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <memory>
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

// One step of a pipeline. An ordered one is entered by one item at a time, in the order in which the items came.
template <class Item>
struct Stage {
  bool is_ordered = false;
  std::function<void(Item&)> act;
};

// next() fills an item, which may hold what an earlier one left in it, and returns false at the end; it is never called
// twice at once. Each item then passes all stages, on at most `jobs` threads, one of which is the caller's. At most
// `most_alive` items (at least 1) exist, whatever comes through: memory is bounded.
template <class Item>
void pipeline(unsigned jobs, std::size_t most_alive, const std::function<bool(Item&)>& next,
              const std::vector<Stage<Item>>& stages, const std::stop_token& stop = {}) {
  struct Place {
    Item item{};
    std::size_t index = 0, stage = 0;
  };
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::unique_ptr<Place>> idle;
  std::map<std::size_t, std::unique_ptr<Place>> waiting;  // for their turn or for a thread, by index
  std::vector<std::size_t> turn(stages.size());           // of the ordered stages: whose it is
  std::vector<char> is_busy(stages.size());
  std::size_t taken = 0, finished = 0;
  bool taking = false, ended = false;
  std::exception_ptr failure;

  const auto unlocked = [&](std::unique_lock<std::mutex>& lock, auto&& act) {
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
  };
  const auto may_run = [&](const Place& place) {
    return !stages[place.stage].is_ordered || (turn[place.stage] == place.index && is_busy[place.stage] == 0);
  };
  // The item passes stages as far as it comes; what it leaves free others may take.
  const auto run = [&](std::unique_lock<std::mutex>& lock, std::unique_ptr<Place> place) {
    while (!failure && place->stage < stages.size() && may_run(*place)) {
      const auto& stage = stages[place->stage];
      if (stage.is_ordered) is_busy[place->stage] = 1;
      unlocked(lock, [&] { stage.act(place->item); });
      if (stage.is_ordered) {
        is_busy[place->stage] = 0;
        ++turn[place->stage];
        changed.notify_all();
      }
      ++place->stage;
    }
    if (place->stage < stages.size()) {
      waiting.emplace(place->index, std::move(place));
    } else {
      ++finished;
      idle.push_back(std::move(place));
    }
    changed.notify_all();
  };
  const auto worker = [&] {
    std::unique_lock lock(mutex);
    while (!failure && !(ended && finished == taken)) {
      const auto urgent =
          std::find_if(waiting.begin(), waiting.end(), [&](const auto& one) { return may_run(*one.second); });
      if (urgent != waiting.end()) {
        auto place = std::move(urgent->second);
        waiting.erase(urgent);
        run(lock, std::move(place));
      } else if (!taking && !ended && taken - finished < std::max<std::size_t>(1, most_alive)) {
        taking = true;
        auto place = idle.empty() ? std::make_unique<Place>() : std::move(idle.back());
        if (!idle.empty()) idle.pop_back();
        bool is_filled = false;
        unlocked(lock, [&] { is_filled = next(place->item); });
        taking = false;
        ended = ended || !is_filled;
        changed.notify_all();
        if (!is_filled) continue;
        place->index = taken++;
        place->stage = 0;
        run(lock, std::move(place));
      } else {
        changed.wait(lock);
      }
    }
    changed.notify_all();
  };
  {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < std::min<std::size_t>(jobs, most_alive); ++i) others.emplace_back(worker);
    worker();
  }
  if (failure) std::rethrow_exception(failure);
}

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
