#include "order.hpp"

#include <algorithm>
#include <utility>

namespace lapstrake::layers {

void sort_by_path(std::vector<std::size_t>& order, const std::vector<Entry>& entries) {
  const auto comes_before = [&](std::size_t a, std::size_t b) {
    const int difference = entries[a].path.compare(entries[b].path);
    return difference != 0 ? difference < 0 : a < b;
  };
  // Most come in order, with a few behind them that do not.
  const auto end = std::is_sorted_until(order.begin(), order.end(), comes_before);
  std::sort(end, order.end(), comes_before);
  std::inplace_merge(order.begin(), end, order.end(), comes_before);
}

void arrange(std::vector<Entry>& entries, std::vector<std::size_t> order) {
  const std::size_t size = order.size();
  std::vector<bool> named(entries.size());
  for (const std::size_t number : order) named[number] = true;
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (!named[i]) order.push_back(i);
  // A permutation now: each of its circles is moved by one place.
  for (std::size_t start = 0; start < order.size(); ++start) {
    if (order[start] == start) continue;
    Entry first = std::move(entries[start]);
    std::size_t to = start;
    for (std::size_t from = order[to]; from != start; from = order[to]) {
      entries[to] = std::move(entries[from]);
      order[to] = to;
      to = from;
    }
    entries[to] = std::move(first);
    order[to] = to;
  }
  entries.resize(size);
}

}  // namespace lapstrake::layers
