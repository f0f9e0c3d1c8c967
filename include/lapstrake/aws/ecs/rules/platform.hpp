// The platform that the images of a task were built for.
#pragma once
#include <lapstrake/aws/ecs/rules/image_fact.hpp>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lapstrake::aws {

// Fills runtimePlatform from the images' platform when the document does not set it. Error{usage} for a contradiction.
nlohmann::json with_platform(nlohmann::json document, const std::map<std::string, ImageFact>& images);

}  // namespace lapstrake::aws
