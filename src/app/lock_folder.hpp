// One process at a time changes what lies in a folder.
#pragma once
#include <filesystem>
#include <lapstrake/base/c_handle.hpp>

namespace lapstrake::app {

// Waits for it, and holds it as long as the descriptor is there. An empty one where there is no folder, or its file
// system has no locks: those who share it there must agree in another way.
FileDescriptor lock_folder(const std::filesystem::path& folder);

}  // namespace lapstrake::app
