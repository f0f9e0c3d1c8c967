// Which paths make an image large.
#pragma once
#include <lapstrake/app/inspect.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

struct LargePath {
  std::string path;  // "usr/share"
  std::uint64_t bytes = 0;
};

// Files, and folders with all that is below them, of at least a twentieth of all bytes: at most 20, in the order of
// paths, so that what a folder holds follows it. Each layer's file counts, also one that a later layer replaces: it is
// in the image all the same.
std::vector<LargePath> largest(const std::vector<InspectedLayer>& layers);

}  // namespace lapstrake::app
