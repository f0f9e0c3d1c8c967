// Finds the positions of values in a task definition that was merged from a file and the spec.
#pragma once
#include <lapstrake/spec/project.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace lapstrake::spec {

// Where the value at `pointer` of `document` (the file and the overlay merged) was written: in the overlay or the file,
// whichever has more of the steps to it (the overlay wins a tie), else the position of the task. Objects in lists are
// found by their `name`.
Position position_of(const Task& task, const nlohmann::json& document, std::string_view pointer);

}  // namespace lapstrake::spec
