#include "order.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <utility>

#include "paths.hpp"

namespace lapstrake::layers {
namespace {

// Bytewise by path, so a folder comes before what is in it; whiteouts before their siblings.
std::string sort_key(const std::string& path) {
  if (!name_of(path).starts_with(whiteout_prefix)) return path;
  return cat(parent_of(path), parent_of(path).empty() ? "" : "/", '\0', name_of(path));
}

}  // namespace

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

void sort_with_whiteouts(std::vector<std::size_t>& order, const std::vector<Entry>& entries) {
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return sort_key(entries[a].path) < sort_key(entries[b].path); });
}

std::vector<Entry> whiteouts(const std::map<std::string, std::string>& removed) {
  std::vector<Entry> out;
  for (const auto& one : removed) {
    const auto& [path, origin] = one;
    const auto holds = [&whole = one.first](const auto& other) { return lies_in(whole, other.first); };
    if (std::any_of(removed.begin(), removed.end(), holds)) continue;
    Entry entry;
    entry.path = joined(parent_of(path), cat(whiteout_prefix, name_of(path)));
    if (name_of(entry.path).size() > most_name_bytes)
      throw Error(ErrorKind::input,
                  cat("the name of `/", printable(path, 4096), "` is too long to be removed by a layer"))
          .during(origin);
    entry.mode = 0;
    entry.origin = origin;
    out.push_back(std::move(entry));
  }
  return out;
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
