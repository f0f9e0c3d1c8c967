// Names of files and folders beside the spec.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::app {

inline constexpr std::string_view lock_file_name = "lapstrake.lock";  // beside the spec

inline constexpr std::string_view vendor_folder_name = "lapstrake-vendor";  // beside the spec

// These pin and vendor the bases of a project and are not part of its images, which are the same without them.
inline std::vector<std::string> own_files() { return {std::string(lock_file_name), std::string(vendor_folder_name)}; }

}  // namespace lapstrake::app
