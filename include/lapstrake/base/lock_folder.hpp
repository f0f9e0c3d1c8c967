// Locks a folder, so that only one process at a time changes it.
#pragma once
#include <filesystem>
#include <lapstrake/base/c_handle.hpp>

namespace lapstrake {

// Waits for the lock, and holds it until the descriptor is closed. Returns an empty descriptor if there is no folder or
// its file system does not support locks.
FileDescriptor lock_folder(const std::filesystem::path& folder);

}  // namespace lapstrake
