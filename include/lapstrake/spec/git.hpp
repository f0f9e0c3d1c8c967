// The current commit of a git repository, read from its files without running git.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace lapstrake::spec {

// The folder of the repository around `folder`: its `.git`, or where the file `.git` of a worktree or a submodule says
// that it is (gitrepository-layout(5)). Nothing when there is no repository.
std::optional<std::filesystem::path> git_folder(const std::filesystem::path& folder);

// The commit that HEAD of the repository around `folder` points to, from .git (packed refs and worktrees too). Nothing
// when there is no repository or no commit yet.
std::optional<std::string> git_commit(const std::filesystem::path& folder);

}  // namespace lapstrake::spec
