// The one door to the spec: text in, a project or a list of all that is wrong with it out.
#pragma once
#include <filesystem>
#include <functional>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/spec/diagnostic.hpp>
#include <lapstrake/spec/project.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::spec {

struct ReadOptions {
  std::filesystem::path file = "lapstrake.yaml";
  std::optional<std::string> environment;                            // -e
  std::map<std::string, std::string> set;                            // --set
  Environment environment_variables;                                 // for ${env.N}
  bool allow_outside = false;                                        // sources may leave the spec's folder
  std::function<std::optional<std::string>()> git_commit = nullptr;  // for ${git.commit}; nothing: not a repository
};

struct ReadResult {
  std::optional<Project> project;       // present unless a diagnostic is an error
  std::vector<Diagnostic> diagnostics;  // in order of position, each once; every environment's mistakes are among them
};

// Reads the file, and the task definitions that `from:` names. Error{input} only when the spec itself cannot be read,
// Error{usage} when `file` is empty.
ReadResult read(const ReadOptions& options);

// The commit that HEAD of the repository around `folder` points to, by reading .git (packed refs and worktrees too).
std::optional<std::string> git_commit(const std::filesystem::path& folder);

// From the reader's own table of keys:
std::string json_schema();         // JSON Schema, draft 2020-12, pretty-printed
std::string reference_markdown();  // docs/reference/spec.md

}  // namespace lapstrake::spec
