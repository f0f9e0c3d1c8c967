// A known fact about an image that a task runs.
#pragma once
#include <string>

namespace lapstrake::aws {

struct ImageFact {
  std::string architecture, os;  // "amd64", "linux"; both empty for an index of several platforms
};

}  // namespace lapstrake::aws
