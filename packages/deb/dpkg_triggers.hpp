// dpkg's records of which packages wait for which triggers (deb-triggers(5)), so that dpkg in the image wakes them.
#pragma once
#include <lapstrake/packages/deb/archive.hpp>
#include <lapstrake/packages/deb/root.hpp>
#include <vector>

namespace lapstrake::packages::deb {

// var/lib/dpkg/triggers/File for paths, and triggers/NAME for other names. Records of lower layers are continued.
void add_triggers(Root& root, const std::vector<Deb>& packages);

}  // namespace lapstrake::packages::deb
