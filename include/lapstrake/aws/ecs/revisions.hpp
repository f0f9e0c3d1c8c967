// The API of Amazon ECS: reads and registers task definitions.
#pragma once
#include <lapstrake/aws/call.hpp>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::aws {

// DescribeTaskDefinition of a family's newest ACTIVE revision, as register input (read-only members dropped, tags laid
// in); nothing when the family has none.
struct ActiveRevision {
  std::string arn;
  std::string document;  // JSON text
};
std::optional<ActiveRevision> newest_revision(const Session& session, const std::string& family);

// DescribeTaskDefinition of one revision, as ECS stores it.
nlohmann::json describe_revision(const Session& session, const std::string& arn);

struct Registered {
  std::string arn;
  bool is_new = false;  // false: the newest active revision is this very definition
  // JSON pointers of the members that are missing in the reply because ECS does not know them. With them, every
  // definition differs from the stored one.
  std::vector<std::string> dropped = {};
};
// Compares by canonical form (aws/ecs/canonical.hpp), registers only if it differs. After a lost reply it reads the
// newest revision again, so that no second one is created.
Registered register_task_definition(const Session& session, const nlohmann::json& document);

}  // namespace lapstrake::aws
