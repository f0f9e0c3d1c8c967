// Options for reading a spec: the file, the environment, and where variables get their values.
#pragma once
#include <filesystem>
#include <functional>
#include <lapstrake/base/runtime.hpp>
#include <map>
#include <optional>
#include <string>

namespace lapstrake::spec {

struct ReadOptions {
  std::filesystem::path file = "lapstrake.yaml";
  std::optional<std::string> environment;                            // -e
  std::map<std::string, std::string> set;                            // --set
  Environment environment_variables;                                 // for ${env.N}
  bool allow_outside = false;                                        // sources may leave the spec's folder
  std::function<std::optional<std::string>()> git_commit = nullptr;  // for ${git.commit}; nothing: not a repository
};

}  // namespace lapstrake::spec
