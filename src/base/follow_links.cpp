#include <deque>
#include <lapstrake/base/follow_links.hpp>
#include <lapstrake/base/limits.hpp>
#include <lapstrake/base/path_text.hpp>

namespace lapstrake {
namespace {

constexpr int most_links = 40;  // Linux's own limit (MAXSYMLINKS)

void put_before(std::deque<std::string>& todo, std::string_view path) {
  std::deque<std::string> parts;
  for_each_part(path, [&](std::string_view part) { return parts.emplace_back(part), true; });
  todo.insert(todo.begin(), parts.begin(), parts.end());
}

}  // namespace

std::optional<std::string> follow_links(std::string_view path, const ReadLink& read_link,
                                        const std::function<void()>& above_root) {
  std::deque<std::string> todo;
  put_before(todo, path);
  std::string out;
  for (int links = 0; !todo.empty();) {
    const std::string part = std::move(todo.front());
    todo.pop_front();
    if (part == "..") {
      if (out.empty() && above_root) above_root();
      out = parent_of(out);
      continue;
    }
    std::string next = joined(out, part);
    const auto target = read_link(next, todo.empty());
    if (!target) {
      out = std::move(next);
      continue;
    }
    if (++links > most_links || todo.size() > limits::path_bytes || out.size() > limits::path_bytes)
      return std::nullopt;
    if (target->starts_with('/')) out.clear();
    put_before(todo, *target);
  }
  return out;
}

}  // namespace lapstrake
