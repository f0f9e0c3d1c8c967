#include "name_order.hpp"

#include <algorithm>

namespace lapstrake::packages::npm {
namespace {

std::size_t weight(char c) {
  constexpr std::string_view order = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";
  if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return order.find(c);
}

}  // namespace

bool is_before(std::string_view a, std::string_view b) {
  const auto [x, y] = std::ranges::mismatch(a, b, {}, weight, weight);
  if (x != a.end() && y != b.end()) return weight(*x) < weight(*y);
  if (a.size() != b.size()) return a.size() < b.size();
  return a > b;  // equal but for case: lower case first, which has the higher byte
}

}  // namespace lapstrake::packages::npm
