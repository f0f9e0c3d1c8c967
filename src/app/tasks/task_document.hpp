// Builds the task definition document for ECS from a task of the spec.
#pragma once
#include <lapstrake/aws/ecs/rules/platform.hpp>
#include <lapstrake/spec/project.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

// `from:` merged with the overlay, with strings where ECS wants strings and the family filled in. `${images.N}` is not
// replaced.
nlohmann::json document_of(const spec::Task& task);

// Replaces every `${images.N}` by the reference of N.
nlohmann::json filled(nlohmann::json document, const std::map<std::string, std::string>& references);

// The platform of an image that has exactly one.
aws::ImageFact fact_of(const std::vector<oci::Platform>& platforms);

}  // namespace lapstrake::app
