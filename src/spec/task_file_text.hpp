// One file of a task definition, read. Apart from task_file.hpp because it needs all of nlohmann/json.hpp.
#pragma once
#include <nlohmann/json.hpp>

#include "source.hpp"

namespace lapstrake::spec {

struct TaskFile {
  Source source;
  nlohmann::json document;
};

}  // namespace lapstrake::spec
