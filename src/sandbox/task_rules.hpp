// What RegisterTaskDefinition refuses and fills in. Written apart from aws/task_definition.hpp, which it is a test of.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace lapstrake::sandbox {

// Kinds of members (SerializationException), then ECS's own rules (ClientException), as ApiFailure. "1 vCPU" and "2 GB"
// become the numbers that they stand for. Members that are null or that ECS does not know are dropped.
void check_task_definition(nlohmann::json& document);

// Why Fargate cannot run it; nothing when it can.
std::optional<std::string> refusal_of_fargate(const nlohmann::json& document);

// Fills the defaults that DescribeTaskDefinition shows, and gives lists without an order another one.
void fill_defaults(nlohmann::json& document);
nlohmann::json compatibilities(const nlohmann::json& document);
nlohmann::json required_attributes(const nlohmann::json& document);

}  // namespace lapstrake::sandbox
