// Task definitions as documents: merged, filled, checked, compared. Pure; AWS owns the schema, members that are not
// known here pass through untouched.
#pragma once
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::aws {

// What people have: a RegisterTaskDefinition input, or what DescribeTaskDefinition prints ({"taskDefinition": {...},
// "tags":
// [...]}); comments allowed; read-only members dropped. Error{usage} naming `what`.
nlohmann::json read_task_definition(std::string_view text, std::string_view what);

// Lays `overlay` over `document`: a JSON merge patch (RFC 7396), but lists of objects that all have a `name` merge by
// it (new names are appended, in order).
nlohmann::json merge(nlohmann::json document, const nlohmann::json& overlay);

// Values that ECS wants as strings become strings (cpu and memory of the task, environment values, log options, labels
// ...); those it wants as numbers stay as they are.
nlohmann::json with_strings(nlohmann::json document);

// How a finding of check() is anchored: a JSON pointer into the document
// ("/containerDefinitions/0/secrets/1/valueFrom"); where a member is missing, to its place.
struct Finding {
  enum class Severity { error, warning } severity = Severity::error;
  std::string pointer, message, help;
  // The name of the rule when AWS's reference alone says so, and ECS may accept it: such a finding can be ignored.
  std::string rule = {};
};

struct ImageFact {
  std::string architecture, os;  // "amd64", "linux"; both empty for an index of several platforms
};
// The names of the rules that can be ignored, sorted.
std::vector<std::string> ignorable_rules();

// All offline checks of the document: what AWS's model says (aws/task_model.hpp), and beyond it Fargate's pairs,
// awsvpc, roles, secrets, dependsOn, essential, names, log options, host ports, members that Fargate refuses. `images`:
// what is known of images built here, by the value of `image`; used for runtimePlatform.
std::vector<Finding> check(const nlohmann::json& document, const std::map<std::string, ImageFact>& images);

// Fills runtimePlatform from the images' platform when the document says nothing. Error{usage} for a contradiction.
nlohmann::json with_platform(nlohmann::json document, const std::map<std::string, ImageFact>& images);

// The document with the server's defaults dropped and its orders undone (what DescribeTaskDefinition prints may be
// given as it is): equal canonical forms are one definition.
nlohmann::json canonical(const nlohmann::json& document);
// A unified diff of two canonical forms, pretty-printed; empty when equal.
std::string diff(const nlohmann::json& before, const nlohmann::json& after, std::string_view before_name,
                 std::string_view after_name);

}  // namespace lapstrake::aws
