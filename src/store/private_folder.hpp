// Checks that only the store's owner can write to its folders: anyone else could poison later builds.
#pragma once
#include <filesystem>

namespace lapstrake::store {

// The help text when the store's disk is full.
inline constexpr auto more_space =
    "free some space, or point `--store` (LAPSTRAKE_STORE) at a file system that has more";

// The store's own folder may be a symbolic link; the folders in it must not be links, or files would be written outside
// of the store.
enum class RootLink { refused, allowed };
// Error{input} when it is not a folder, another user owns it, or its group or others may write to it.
void require_private(const std::filesystem::path& folder, RootLink link = RootLink::refused);
// Creates it (0700) if it is absent, then requires it to be private.
void make_private(const std::filesystem::path& folder, RootLink link = RootLink::refused);

}  // namespace lapstrake::store
