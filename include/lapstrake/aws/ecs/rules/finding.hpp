// The findings of check(): what ECS would reject in a task definition.
#pragma once
#include <string>
#include <vector>

namespace lapstrake::aws {

// A finding of check(), with a JSON pointer into the document
// ("/containerDefinitions/0/secrets/1/valueFrom"); for a missing member, the pointer that it would have.
struct Finding {
  enum class Severity { error, warning } severity = Severity::error;
  std::string pointer, message, help;
  // The name of the rule if only AWS's reference states it and ECS may accept the value: such a finding can be ignored.
  std::string rule = {};
};

// The names of the rules that can be ignored, sorted.
std::vector<std::string> ignorable_rules();

}  // namespace lapstrake::aws
