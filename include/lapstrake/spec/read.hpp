// Reads a spec: returns the project, or all errors in the file.
#pragma once
#include <lapstrake/base/finding.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/spec/read_options.hpp>
#include <optional>
#include <vector>

namespace lapstrake::spec {

struct ReadResult {
  std::optional<Project> project;  // present unless a finding is an error
  std::vector<Finding> findings;   // in order of position, each once, for every environment
};

// Reads the file, and the task definitions that `from:` names. Error{input} only when the spec itself cannot be read,
// Error{usage} when `file` is empty.
ReadResult read(const ReadOptions& options);

}  // namespace lapstrake::spec
