// Merges, completes, checks and compares task definitions as JSON documents. Pure. AWS owns the schema: unknown members
// pass through unchanged.
#pragma once
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::aws {

// Reads the input of RegisterTaskDefinition, or the output of DescribeTaskDefinition ({"taskDefinition": {...},
// "tags":
// [...]}); comments allowed; read-only members dropped. Error{usage} naming `what`.
nlohmann::json read_task_definition(std::string_view text, std::string_view what);

// Applies `overlay` to `document`: a JSON merge patch (RFC 7396), but lists of objects that all have a `name` merge by
// it (new names are appended, in order).
nlohmann::json merge(nlohmann::json document, const nlohmann::json& overlay);

// Values that ECS wants as strings become strings (cpu and memory of the task, environment values, log options, labels
// ...); numbers stay numbers where ECS wants numbers.
nlohmann::json with_strings(nlohmann::json document);

// A finding of check(), with a JSON pointer into the document
// ("/containerDefinitions/0/secrets/1/valueFrom"); for a missing member, the pointer that it would have.
struct Finding {
  enum class Severity { error, warning } severity = Severity::error;
  std::string pointer, message, help;
  // The name of the rule if only AWS's reference states it and ECS may accept the value: such a finding can be ignored.
  std::string rule = {};
};

struct ImageFact {
  std::string architecture, os;  // "amd64", "linux"; both empty for an index of several platforms
};
// The names of the rules that can be ignored, sorted.
std::vector<std::string> ignorable_rules();

// All offline checks of the document: AWS's model (aws/task_model.hpp), and beyond it Fargate's pairs,
// awsvpc, roles, secrets, dependsOn, essential, names, log options, host ports, members that Fargate rejects. `images`:
// known facts about images built here, by the value of `image`; used for runtimePlatform.
std::vector<Finding> check(const nlohmann::json& document, const std::map<std::string, ImageFact>& images);

// Fills runtimePlatform from the images' platform when the document does not set it. Error{usage} for a contradiction.
nlohmann::json with_platform(nlohmann::json document, const std::map<std::string, ImageFact>& images);

// The document without the server's defaults and with sorted lists (also accepts the output of
// DescribeTaskDefinition): definitions are equal if their canonical forms are.
nlohmann::json canonical(const nlohmann::json& document);
// A unified diff of two canonical forms, pretty-printed; empty when equal.
std::string diff(const nlohmann::json& before, const nlohmann::json& after, std::string_view before_name,
                 std::string_view after_name);

}  // namespace lapstrake::aws
