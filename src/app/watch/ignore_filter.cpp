#include "ignore_filter.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <span>

namespace lapstrake::app {
namespace {

using Parts = std::span<const std::string>;

bool part_matches(const std::string& pattern, const std::string& name) {
  return ::fnmatch(pattern.c_str(), name.c_str(), FNM_NOESCAPE) == 0;
}

// `**` takes any number of parts, at least one at the end: `a/**` is what lies in `a`.
bool matches_all(Parts pattern, Parts path) {
  if (pattern.empty()) return path.empty();
  if (pattern.front() == "**") {
    if (pattern.size() == 1) return !path.empty();
    for (std::size_t taken = 0; taken <= path.size(); ++taken)
      if (matches_all(pattern.subspan(1), path.subspan(taken))) return true;
    return false;
  }
  return !path.empty() && part_matches(pattern.front(), path.front()) &&
         matches_all(pattern.subspan(1), path.subspan(1));
}

bool is_plain(const std::vector<std::string>& parts) {
  return !parts.empty() && std::ranges::all_of(parts, [](const std::string& part) {
    return part.find_first_of("[\\") == std::string::npos && part != ".." &&
           (part == "**" || part.find("**") == std::string::npos);
  });
}

std::vector<std::string> parts_of(std::string_view path) {
  auto parts = split(path, '/');
  std::erase_if(parts, [](const std::string& part) { return part.empty() || part == "."; });
  return parts;
}

}  // namespace

IgnoreFilter::IgnoreFilter(const std::vector<std::string>& patterns) {
  for (const auto& pattern : patterns) {
    const auto text = trim(pattern);
    if (text.starts_with('!')) {
      patterns_.clear();
      return;
    }
    if (auto parts = parts_of(text); is_plain(parts)) patterns_.push_back(std::move(parts));
  }
}

bool IgnoreFilter::matches(std::string_view path) const {
  if (patterns_.empty()) return false;
  const auto parts = parts_of(path);
  return std::ranges::any_of(patterns_, [&](const auto& pattern) { return matches_all(pattern, parts); });
}

bool may_match(const std::vector<std::string>& glob, std::string_view path) {
  const auto parts = parts_of(path);
  for (std::size_t i = 0; i < glob.size() && i < parts.size(); ++i) {
    // `?` is one character of UTF-8, which fnmatch knows in some locales only.
    if (!is_plain({glob[i]}) || glob[i] == "**" || glob[i].find('?') != std::string::npos) return true;
    if (!part_matches(glob[i], parts[i])) return false;
  }
  return true;
}

}  // namespace lapstrake::app
