// Names of files and folders beside the spec.
#pragma once
#include <string_view>

namespace lapstrake::app {

inline constexpr std::string_view lock_file_name = "lapstrake.lock";  // beside the spec

inline constexpr std::string_view vendor_folder_name = "lapstrake-vendor";  // beside the spec

}  // namespace lapstrake::app
