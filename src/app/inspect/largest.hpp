// Finds the largest paths of an image.
#pragma once
#include <lapstrake/app/inspect/inspected.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

// Files and folders (with everything below them) of at least a twentieth of all bytes: at most 20, sorted by path, so
// that a folder precedes its contents. Files that a later layer replaces count too: they are still part of the image.
std::vector<LargePath> largest(const std::vector<InspectedLayer>& layers);

}  // namespace lapstrake::app
