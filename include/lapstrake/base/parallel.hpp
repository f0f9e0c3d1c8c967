// The only two ways in which lapstrake uses threads: a parallel loop and a pipeline. Both stop early and rethrow at the
// first failure, or when a stop is requested.
#pragma once
#include <algorithm>
#include <cstddef>
#include <functional>
#include <stop_token>
#include <thread>
#include <vector>

namespace lapstrake {

// Interrupted when a stop was requested.
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

namespace detail {
// The pipeline without the type of its items: each item is in one of `slots` slots and is known by the slot's number.
void run_pipeline(unsigned jobs, std::size_t slots, const std::function<bool(std::size_t slot)>& next,
                  const std::vector<Stage<const std::size_t>>& stages, const std::stop_token& stop);
}  // namespace detail

// next() fills an item (which may be a reused one with old values) and returns false at the end; it is never called
// concurrently. Each item then passes all stages, on at most `jobs` threads, one of which is the caller's. At most
// `most_alive` items (at least 1) exist at a time, so memory is bounded.
template <class Item>
void pipeline(unsigned jobs, std::size_t most_alive, const std::function<bool(Item&)>& next,
              const std::vector<Stage<Item>>& stages, const std::stop_token& stop = {}) {
  std::vector<Item> items(std::max<std::size_t>(1, most_alive));
  std::vector<Stage<const std::size_t>> by_slot;
  for (const auto& stage : stages)
    by_slot.push_back({stage.is_ordered, [&](const std::size_t& slot) { stage.act(items[slot]); }});
  detail::run_pipeline(
      jobs, items.size(), [&](std::size_t slot) { return next(items[slot]); }, by_slot, stop);
}

}  // namespace lapstrake
