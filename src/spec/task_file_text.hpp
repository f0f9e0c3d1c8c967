// The content of a task definition file. Separate from task_file.hpp because it needs all of nlohmann/json.hpp.
#pragma once
#include <lapstrake/oci/recipe.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "source_text.hpp"

namespace lapstrake::spec {

struct TaskFile {
  SourceText source;
  nlohmann::json document;
  std::map<std::string, Position> positions;  // of its values, by JSON pointer
};

}  // namespace lapstrake::spec
