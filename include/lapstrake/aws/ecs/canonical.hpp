// Compares task definitions: removes the changes that ECS makes to a document. Pure.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace lapstrake::aws {

// Values that ECS wants as strings become strings (cpu and memory of the task, environment values, log options, labels
// ...); numbers stay numbers where ECS wants numbers.
nlohmann::json with_strings(nlohmann::json document);

// The document without the server's defaults and with sorted lists (also accepts the output of
// DescribeTaskDefinition): definitions are equal if their canonical forms are.
nlohmann::json canonical(const nlohmann::json& document);
// A unified diff of two canonical forms, pretty-printed; empty when equal.
std::string diff(const nlohmann::json& before, const nlohmann::json& after, std::string_view before_name,
                 std::string_view after_name);

}  // namespace lapstrake::aws
