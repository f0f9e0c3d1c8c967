// A store is its owner's alone: whoever else could write to it could poison what is built next.
#pragma once
#include <filesystem>

namespace lapstrake::store {

// The cure when a file of the store finds the disk full.
inline constexpr auto more_space =
    "free some space, or point `--store` (LAPSTRAKE_STORE) at a file system that has more";

// The store's own folder may be reached through a symbolic link; the folders in it must not be links, or what is
// written goes elsewhere.
enum class RootLink { refused, allowed };
// Error{input} when it is no folder, another user owns it, or its group or others may write to it.
void require_private(const std::filesystem::path& folder, RootLink link = RootLink::refused);
// Makes it (0700) if it is absent, then requires it to be private.
void make_private(const std::filesystem::path& folder, RootLink link = RootLink::refused);

}  // namespace lapstrake::store
