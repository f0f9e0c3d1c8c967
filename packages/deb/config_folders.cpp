#include "config_folders.hpp"

#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/text.hpp>
#include <map>

namespace lapstrake::packages::deb {

std::vector<std::string> config_files(const Root& root, std::string_view name) {
  std::map<std::string, std::string> by_name;
  for (const std::string_view parent : {"usr/lib", "etc"}) {
    const auto folder = cat(parent, "/", name);
    for (auto& path : root.paths_below(folder))
      if (path.ends_with(".conf") && parent_of(path) == root.real_path(folder)) {
        auto file = std::string(lapstrake::name_of(path));
        by_name.insert_or_assign(std::move(file), std::move(path));
      }
  }
  std::vector<std::string> out;
  for (auto& [file, path] : by_name) out.push_back(std::move(path));
  return out;
}

}  // namespace lapstrake::packages::deb
