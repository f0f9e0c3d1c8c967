// Paths, modes and texts as effects and configuration files have them.
#pragma once
#include <lapstrake/packages/deb/root.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::packages::deb {

// "etc/nginx" of "/etc//nginx/": as Root takes it. "" for the root itself. `..` never leads out of it.
std::string root_path(std::string_view path);
// Octal; nothing for other text, and above 07777.
std::optional<std::uint32_t> mode_of(std::string_view text);
// With \n as a line break, \t as a tab, and another character after `\` as itself.
std::string unescaped_text(std::string_view text);
// "../mods-available/dir.load": the target of a link in `folder` that leads to `path`.
std::string relative_target(std::string_view folder, std::string_view path);
// Where the symbolic links at `path` lead: a path that is not a link of the root, or `path` itself for a loop.
std::string followed(const Root& root, const std::string& path);
// A file, a link, or a folder with its content, to a path that does not exist. False if the packages do not have
// `from`.
bool copy_tree(Root& root, const std::string& from, const std::string& to, std::string_view origin);

}  // namespace lapstrake::packages::deb
