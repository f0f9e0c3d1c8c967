// Functions on paths as text, with `/` between parts.
#pragma once
#include <string>
#include <string_view>

namespace lapstrake {

inline std::string_view parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}
inline std::string_view name_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}
inline std::string joined(std::string_view folder, std::string_view name) {
  std::string out(folder);
  if (!out.empty() && !name.empty() && out.back() != '/') out += '/';
  return out += name;
}
// Calls act(part) for each part between slashes; stops when it returns false.
template <class Act>
bool for_each_part(std::string_view path, Act&& act) {
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto part = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (!part.empty() && part != "." && !act(part)) return false;
  }
  return true;
}

}  // namespace lapstrake
