#include <lapstrake/sandbox/net/glob.hpp>

namespace lapstrake::sandbox {

bool matches(std::string_view glob, std::string_view text) {
  // Greedy with one point to come back to: linear in practice, never exponential.
  std::size_t g = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      mark = t;
    } else if (g < glob.size() && glob[g] == text[t]) {
      ++g, ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', g) == std::string_view::npos;
}

}  // namespace lapstrake::sandbox
