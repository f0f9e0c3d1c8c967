// Sorts a layer's entries by permuting their indices, before any entry is moved.
#pragma once
#include <cstddef>
#include <lapstrake/layers/entry.hpp>
#include <map>
#include <string>
#include <vector>

namespace lapstrake::layers {

// Sorts the indices of `entries` by path, bytewise; for equal paths by index. Linear for sorted input.
void sort_by_path(std::vector<std::size_t>& order, const std::vector<Entry>& entries);

// The same with whiteouts before their siblings.
void sort_with_whiteouts(std::vector<std::size_t>& order, const std::vector<Entry>& entries);

// The whiteouts for `removed` and the opaque whiteouts for the folders `emptied`; both map each path to its step. Paths
// inside other ones need none.
std::vector<Entry> whiteouts(const std::map<std::string, std::string>& removed,
                             const std::map<std::string, std::string>& emptied);

// Reduces `entries` to those in `order` (each index at most once), in that order.
void arrange(std::vector<Entry>& entries, std::vector<std::size_t> order);

}  // namespace lapstrake::layers
