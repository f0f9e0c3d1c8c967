// A task of the spec as the document that ECS will get.
#pragma once
#include <lapstrake/aws/task_definition.hpp>
#include <lapstrake/spec/project.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

// The tasks named (all, if none), in the spec's order. Error{usage} for a name that is not there.
std::vector<const spec::Task*> choose_tasks(const spec::Project& project, const std::vector<std::string>& names);

// `from:` with the overlay merged in, strings where ECS wants strings, the family filled; `${images.N}` still stands.
nlohmann::json document_of(const spec::Task& task);

// Every `${images.N}` replaced by the reference of N.
nlohmann::json filled(nlohmann::json document, const std::map<std::string, std::string>& references);

// What an image is for, if that is one platform.
aws::ImageFact fact_of(const std::vector<oci::Platform>& platforms);

}  // namespace lapstrake::app
