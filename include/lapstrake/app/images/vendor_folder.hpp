// The folder that `lapstrake vendor` writes: an image layout with the bases of a project.
#pragma once
#include <filesystem>
#include <lapstrake/app/context.hpp>
#include <lapstrake/store/layout.hpp>
#include <optional>

namespace lapstrake::app {

// The help of all errors in such a folder.
inline constexpr const char* vendor_again = "run `lapstrake vendor` again on a host with a network";

store::Layout vendor_layout(const std::filesystem::path& folder);

// The folder to read bases from; nothing if there is none.
std::optional<store::Layout> open_vendor_folder(const Context& context);

}  // namespace lapstrake::app
