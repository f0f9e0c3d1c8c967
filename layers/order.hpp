// The order of a layer's entries, decided by numbers before any of them is moved.
#pragma once
#include <cstddef>
#include <lapstrake/layers/entry.hpp>
#include <map>
#include <string>
#include <vector>

namespace lapstrake::layers {

// Sorts the numbers of `entries` by path, bytewise; of one path, by number. What is in order already costs one look.
void sort_by_path(std::vector<std::size_t>& order, const std::vector<Entry>& entries);

// The same with whiteouts before their siblings.
void sort_with_whiteouts(std::vector<std::size_t>& order, const std::vector<Entry>& entries);

// The whiteouts that take away `removed`, each path with the step that says so: those in others go with them.
std::vector<Entry> whiteouts(const std::map<std::string, std::string>& removed);

// Leaves of `entries` those that `order` names (each once at most), in its order.
void arrange(std::vector<Entry>& entries, std::vector<std::size_t> order);

}  // namespace lapstrake::layers
