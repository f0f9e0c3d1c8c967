// The current commit of a git repository, read from its files without running git.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace lapstrake::spec {

// The commit that HEAD of the repository around `folder` points to, from .git (packed refs and worktrees too). Nothing
// when there is no repository or no commit yet.
std::optional<std::string> git_commit(const std::filesystem::path& folder);

}  // namespace lapstrake::spec
