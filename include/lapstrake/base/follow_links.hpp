// Resolves the symbolic links in a path, whatever tree it is in: the host's or an image's.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake {

// The target of the link at `path` (relative to the root, without links on the way); nullopt when it is not a link, or
// not to be followed. `is_last`: no other part follows it.
using ReadLink = std::function<std::optional<std::string>(const std::string& path, bool is_last)>;

// `path` without links, `.` and `..`, relative to the root; absolute targets start at the root. nullopt for a loop:
// more than 40 links, as in Linux, or a path that grows beyond all limits. `above_root` is called for a `..` in the
// root, which otherwise leads to the root.
std::optional<std::string> follow_links(std::string_view path, const ReadLink& read_link,
                                        const std::function<void()>& above_root = nullptr);

}  // namespace lapstrake
