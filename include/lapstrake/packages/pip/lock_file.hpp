// Reads a Python lock file of any format; the name of the file decides which.
#pragma once
#include <lapstrake/packages/pip/locked_packages.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::packages::pip {

enum class LockFormat { requirements, pylock, uv, poetry };

// "pylock.toml" and "pylock.NAME.toml" (PEP 751), "uv.lock", "poetry.lock"; "*.txt" and "*.in" are requirements.
// Nothing for other names.
std::optional<LockFormat> lock_format_of(std::string_view path);

// `project`: the member of a uv workspace. Error{usage} for other names, and from the reader of the format.
LockedPackages read_lock_file(const std::string& path, const TextReader& read, const std::string& project = {});

}  // namespace lapstrake::packages::pip
