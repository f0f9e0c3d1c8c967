// The only two ways in which lapstrake uses threads: a parallel loop and a pipeline. Both stop early and rethrow at the
// first failure, or when a stop is requested.
#pragma once
#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace lapstrake {

// Error{interrupted} when a stop was requested.
void stop_point(const std::stop_token& stop);

// The default number of threads: the processors that this process may run on, at least 1.
unsigned default_jobs();

// Error{input} when the system allows no more threads. `act` must not throw.
std::jthread start_thread(std::function<void(std::stop_token)> act);

// Starts `jobs - 1` threads, since the caller is one too; fewer when the system allows no more.
std::vector<std::jthread> start_threads(std::size_t jobs, const std::function<void()>& act);

// Calls act(0) ... act(count - 1) on at most `jobs` threads, starting in this order. After the first failure nothing
// more is started.
void parallel_for_each(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& act,
                       const std::stop_token& stop = {});

// One step of a pipeline. An ordered one is entered by one item at a time, in the order in which the items came.
template <class Item>
struct Stage {
  bool is_ordered = false;
  std::function<void(Item&)> act;
};

// next() fills an item (which may be a reused one with old values) and returns false at the end; it is never called
// concurrently. Each item then passes all stages, on at most `jobs` threads, one of which is the caller's. At most
// `most_alive` items (at least 1) exist at a time, so memory is bounded.
template <class Item>
void pipeline(unsigned jobs, std::size_t most_alive, const std::function<bool(Item&)>& next,
              const std::vector<Stage<Item>>& stages, const std::stop_token& stop = {}) {
  struct Slot {
    Item item{};
    std::size_t index = 0, stage = 0;
  };
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::unique_ptr<Slot>> idle;
  std::map<std::size_t, std::unique_ptr<Slot>> waiting;  // by index; waiting for their turn or for a thread
  std::vector<std::size_t> turn(stages.size());          // // per ordered stage: the index of the item whose turn it is
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
  const auto may_run = [&](const Slot& slot) {
    return !stages[slot.stage].is_ordered || (turn[slot.stage] == slot.index && is_busy[slot.stage] == 0);
  };
  // Runs the item through stages until it must wait for its turn.
  const auto run = [&](std::unique_lock<std::mutex>& lock, std::unique_ptr<Slot> slot) {
    while (!failure && slot->stage < stages.size() && may_run(*slot)) {
      const auto& stage = stages[slot->stage];
      if (stage.is_ordered) is_busy[slot->stage] = 1;
      unlocked(lock, [&] { stage.act(slot->item); });
      if (stage.is_ordered) {
        is_busy[slot->stage] = 0;
        ++turn[slot->stage];
        changed.notify_all();
      }
      ++slot->stage;
    }
    if (slot->stage < stages.size()) {
      waiting.emplace(slot->index, std::move(slot));
    } else {
      ++finished;
      idle.push_back(std::move(slot));
    }
    changed.notify_all();
  };
  const auto worker = [&] {
    std::unique_lock lock(mutex);
    while (!failure && !(ended && finished == taken)) {
      const auto urgent =
          std::find_if(waiting.begin(), waiting.end(), [&](const auto& one) { return may_run(*one.second); });
      if (urgent != waiting.end()) {
        auto slot = std::move(urgent->second);
        waiting.erase(urgent);
        run(lock, std::move(slot));
      } else if (!taking && !ended && taken - finished < std::max<std::size_t>(1, most_alive)) {
        taking = true;
        auto slot = idle.empty() ? std::make_unique<Slot>() : std::move(idle.back());
        if (!idle.empty()) idle.pop_back();
        bool is_filled = false;
        unlocked(lock, [&] { is_filled = next(slot->item); });
        taking = false;
        ended = ended || !is_filled;
        changed.notify_all();
        if (!is_filled) continue;
        slot->index = taken++;
        slot->stage = 0;
        run(lock, std::move(slot));
      } else {
        changed.wait(lock);
      }
    }
    changed.notify_all();
  };
  const auto guarded_worker = [&] {
    try {
      worker();
    } catch (...) {  // out of memory between two stages
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      changed.notify_all();
    }
  };
  {
    const std::vector<std::jthread> others = start_threads(std::min<std::size_t>(jobs, most_alive), guarded_worker);
    guarded_worker();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace lapstrake
