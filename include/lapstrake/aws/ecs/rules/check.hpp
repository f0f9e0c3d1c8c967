// Checks a task definition offline.
#pragma once
#include <lapstrake/aws/ecs/rules/image_fact.hpp>
#include <lapstrake/base/finding.hpp>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace lapstrake::aws {

// All offline checks of the document: AWS's model (aws/ecs/model.hpp), and beyond it Fargate's pairs,
// awsvpc, roles, secrets, dependsOn, essential, names, log options, host ports, members that Fargate rejects. `images`:
// known facts about images built here, by the value of `image`; used for runtimePlatform.
std::vector<Finding> check(const nlohmann::json& document, const std::map<std::string, ImageFact>& images);

}  // namespace lapstrake::aws
