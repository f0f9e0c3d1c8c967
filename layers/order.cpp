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

std::vector<Entry> whiteouts(const std::map<std::string, std::string>& removed,
                             const std::map<std::string, std::string>& emptied) {
  std::vector<Entry> out;
  const auto is_gone = [&](std::string_view path) {
    const auto holds = [&](const auto& other) { return lies_in(path, other.first); };
    return std::any_of(removed.begin(), removed.end(), holds) || std::any_of(emptied.begin(), emptied.end(), holds);
  };
  const auto add = [&](std::string path, const std::string& origin) {
    Entry entry;
    entry.path = std::move(path);
    entry.mode = 0;
    entry.origin = origin;
    out.push_back(std::move(entry));
  };
  for (const auto& [path, origin] : removed) {
    if (is_gone(path)) continue;
    if (name_of(path).size() + whiteout_prefix.size() > most_name_bytes)
      throw Error(ErrorKind::input,
                  cat("the name of `/", printable(path, 4096), "` is too long to be removed by a layer"))
          .during(origin);
    add(joined(parent_of(path), cat(whiteout_prefix, name_of(path))), origin);
  }
  for (const auto& [folder, origin] : emptied)
    if (!is_gone(folder) && !removed.contains(folder)) add(joined(folder, opaque_whiteout), origin);
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
