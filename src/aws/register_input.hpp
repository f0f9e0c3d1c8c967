#pragma once
#include <nlohmann/json_fwd.hpp>

namespace lapstrake::aws {

// What DescribeTaskDefinition replies, as RegisterTaskDefinition takes it: unwrapped, its tags laid in, read-only
// members dropped. What is that already stays as it is.
nlohmann::json register_input(nlohmann::json document);

}  // namespace lapstrake::aws
