// Reads the task definition files of `from:`.
#pragma once
#include <filesystem>
#include <lapstrake/base/position.hpp>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "findings.hpp"
#include "source_text.hpp"

namespace lapstrake::spec {

struct TaskFile {
  SourceText source;
  nlohmann::json document;
  std::map<std::string, Position> positions;  // of its values, by JSON pointer
};

// Reads each file once, for all environments.
class TaskFiles {
 public:
  TaskFiles(std::filesystem::path folder, bool allow_outside, Findings& findings);
  ~TaskFiles();

  // The JSON or YAML (.yaml, .yml) of `from`, a path relative to the folder; nullptr after an error, reported at
  // `where`.
  const TaskFile* read(const std::string& from, const Span& where);

 private:
  std::unique_ptr<TaskFile> load(const std::string& from, const Span& where);

  std::filesystem::path folder_;
  bool allow_outside_;
  Findings& findings_;
  std::map<std::string, std::unique_ptr<TaskFile>> files_;
};

}  // namespace lapstrake::spec
