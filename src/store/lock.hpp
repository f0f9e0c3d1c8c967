// The store's locks: flock(2), held while the descriptor is open.
#pragma once
#include <filesystem>
#include <lapstrake/base/c_handle.hpp>

namespace lapstrake::store {

enum class LockMode { shared, exclusive };

// Creates the file if needed (0600). An empty descriptor when it neither exists nor can be created, as in a read-only
// store.
FileDescriptor open_lock(const std::filesystem::path& path);
// False when another process holds it. Error{input} when the file system does not support locks.
bool try_lock(const FileDescriptor& lock, LockMode mode, const std::filesystem::path& path);
void wait_for_lock(const FileDescriptor& lock, LockMode mode, const std::filesystem::path& path);

}  // namespace lapstrake::store
