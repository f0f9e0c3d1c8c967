// The store's locks: flock(2), held by a descriptor and gone with it.
#pragma once
#include <filesystem>
#include <lapstrake/base/c_handle.hpp>

namespace lapstrake::store {

enum class LockMode { shared, exclusive };

// Makes the file if need be (0600). An empty one when there is none and none can be made, as in a read-only store.
FileDescriptor open_lock(const std::filesystem::path& path);
// False when another process has it. Error{input} where the file system has no locks.
bool try_lock(const FileDescriptor& lock, LockMode mode, const std::filesystem::path& path);
void wait_for_lock(const FileDescriptor& lock, LockMode mode, const std::filesystem::path& path);

}  // namespace lapstrake::store
