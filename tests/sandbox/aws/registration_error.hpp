// Why the sandbox's ECS rejects a task definition.
#pragma once
#include <lapstrake/sandbox/aws/api_failure.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "../../../src/sandbox/aws/task_rules.hpp"

namespace lapstrake::sandbox {

// "CODE: MESSAGE", or "" when it is valid; also runs the steps that follow the validation.
inline std::string registration_error(nlohmann::json task) {
  try {
    check_task_definition(task);
    fill_defaults(task);
    required_attributes(task);
    compatibilities(task);
    return "";
  } catch (const ApiFailure& failure) {
    return failure.code + ": " + failure.message;
  }
}

}  // namespace lapstrake::sandbox
