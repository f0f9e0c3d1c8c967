// Reads `.lapstrakeignore`, whose patterns keep files out of all copies of a spec.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::layers {

inline constexpr std::string_view ignore_file_name = ".lapstrakeignore";

// Its patterns, in the folder of the spec; none when it is absent. Error{input} when it cannot be read, or leads out of
// the folder without `allow_outside`.
std::vector<std::string> read_ignore_file(const std::filesystem::path& folder, bool allow_outside);

}  // namespace lapstrake::layers
