// Validation and defaults of RegisterTaskDefinition. Independent of aws/ecs/rules, which it tests.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace lapstrake::sandbox {

// Throws ApiFailure: first for types of members (SerializationException), then for ECS's rules (ClientException).
// Replaces "1 vCPU" and "2 GB" by numbers. Drops members that are null or unknown to ECS.
void check_task_definition(nlohmann::json& document);

// Why Fargate cannot run the task; nothing when it can.
std::optional<std::string> fargate_error(const nlohmann::json& document);

// Fills in the defaults that DescribeTaskDefinition shows, and reorders lists whose order has no meaning.
void fill_defaults(nlohmann::json& document);
nlohmann::json compatibilities(const nlohmann::json& document);
nlohmann::json required_attributes(const nlohmann::json& document);

}  // namespace lapstrake::sandbox
