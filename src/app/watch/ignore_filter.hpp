// Ignore patterns for the watcher: paths that are certainly not part of an image need not be watched. Conservative: a
// pattern with more than `*`, `?` and `**`, and a list with exceptions, ignore nothing. `layers` decides which files an
// image gets.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

class IgnoreFilter {
 public:
  IgnoreFilter() = default;
  explicit IgnoreFilter(const std::vector<std::string>& patterns);
  // `path`: relative, in a folder that is not matched itself.
  bool matches(std::string_view path) const;

 private:
  std::vector<std::vector<std::string>> patterns_;  // by their parts
};

// Whether `path`, or anything below it, can match the parts of a glob; everything below a match belongs to it.
bool may_match(const std::vector<std::string>& glob, std::string_view path);

}  // namespace lapstrake::app
