// The reasons why a wheel does not fit an image.
#pragma once
#include <lapstrake/packages/pip/tags.hpp>
#include <string>
#include <vector>

namespace lapstrake::packages::pip {

struct Reason {
  int weight = 0;         // how far away; 0 if it fits
  std::string text = {};  // "is for Python 3.13"
};

// One each for the Python and the platform, if they do not fit; of several tags the nearest.
std::vector<Reason> reasons_against(const WheelName& wheel, const Target& target);

}  // namespace lapstrake::packages::pip
