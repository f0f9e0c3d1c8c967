// Converts the reply of DescribeTaskDefinition to an input of RegisterTaskDefinition.
#pragma once
#include <nlohmann/json_fwd.hpp>

namespace lapstrake::aws {

// The reply unwrapped, with its tags and without read-only members. An input is returned unchanged.
nlohmann::json register_input(nlohmann::json document);

}  // namespace lapstrake::aws
