// Which paths surely stay out of an image, so that they need not be watched. Loose to the safe side: a pattern that
// takes more to understand than `*`, `?` and `**` leaves nothing out, a list with exceptions neither. What the image
// gets is decided in `layers` alone.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

class Unwanted {
 public:
  Unwanted() = default;
  explicit Unwanted(const std::vector<std::string>& patterns);
  // `path`: relative, of something in a folder that is not matched itself.
  bool matches(std::string_view path) const;

 private:
  std::vector<std::vector<std::string>> patterns_;  // by their parts
};

// Whether `path`, or what may lie in it, can match the parts of a glob: the reader of globs takes what lies in a match.
bool may_match(const std::vector<std::string>& glob, std::string_view path);

}  // namespace lapstrake::app
