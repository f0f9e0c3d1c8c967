// Mutated task definitions: what `check` passes the sandbox's ECS must take, and nothing may end in a fault.
#include <lapstrake/aws/ecs/canonical.hpp>
#include <lapstrake/aws/ecs/model.hpp>
#include <lapstrake/aws/ecs/rules/check.hpp>
#include <lapstrake/base/finding.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "registration_error.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using Json = nlohmann::json;

namespace {

using Random = std::mt19937;  // its numbers are the standard's: every machine sees the same documents

std::size_t below(Random& random, std::size_t end) { return end == 0 ? 0 : random() % end; }

// A value of the model: every member at one time or another, each with a value that the model accepts.
Json value_of(const aws::ModelShape& shape, Random& random, int depth) {
  using Kind = aws::ModelShape::Kind;
  switch (shape.kind) {
    case Kind::text: return shape.values.empty() ? Json("a") : Json(shape.values[below(random, shape.values.size())]);
    case Kind::integer: return 64;
    case Kind::boolean: return below(random, 2) == 0;
    case Kind::list: return Json::array({value_of(aws::model_shapes()[shape.element], random, depth + 1)});
    case Kind::map: return {{"a", value_of(aws::model_shapes()[shape.element], random, depth + 1)}};
    case Kind::structure:
    case Kind::choice: break;
  }
  Json out = Json::object();
  for (const auto& member : shape.members)
    if (member.is_required || shape.kind == Kind::choice || below(random, 4) == 0)
      out[std::string(member.name)] = value_of(aws::model_shapes()[member.shape], random, depth + 1);
  return out;
}

Json plain_task() {
  return Json::parse(R"({
    "family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "1024", "memory": "2048",
    "executionRoleArn": "arn:aws:iam::123456789012:role/exec", "tags": [{"key": "team", "value": "web"}],
    "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
    "ephemeralStorage": {"sizeInGiB": 30}, "pidMode": "task",
    "volumes": [{"name": "data"}, {"name": "efs", "efsVolumeConfiguration": {"fileSystemId": "fs-1",
      "transitEncryption": "ENABLED", "transitEncryptionPort": 2049, "authorizationConfig": {"iam": "ENABLED"}}}],
    "containerDefinitions": [
      {"name": "web", "image": "registry.example/web:1", "cpu": 256, "memory": 512, "command": ["a", "b"],
       "portMappings": [{"containerPort": 80, "protocol": "tcp", "name": "http", "appProtocol": "http"}],
       "mountPoints": [{"sourceVolume": "data", "containerPath": "/data", "readOnly": true}],
       "environment": [{"name": "A", "value": "1"}], "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::b/a.env"}],
       "secrets": [{"name": "S", "valueFrom": "/s"}], "dependsOn": [{"containerName": "php", "condition": "HEALTHY"}],
       "ulimits": [{"name": "nofile", "softLimit": 10, "hardLimit": 20}], "dockerLabels": {"a": "b"},
       "linuxParameters": {"initProcessEnabled": true, "capabilities": {"drop": ["NET_RAW"]}},
       "restartPolicy": {"enabled": true, "ignoredExitCodes": [0], "restartAttemptPeriod": 60},
       "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g", "awslogs-region": "eu-west-1",
         "awslogs-stream-prefix": "p"}, "secretOptions": []}},
      {"name": "php", "image": "registry.example/php:1", "essential": false, "systemControls": [],
       "healthCheck": {"command": ["CMD", "probe"], "interval": 10, "retries": 2}}]})");
}

Json ec2_task() {
  auto task = plain_task();
  for (const auto* member : {"requiresCompatibilities", "networkMode", "ephemeralStorage", "cpu"}) task.erase(member);
  task["placementConstraints"] = Json::parse(R"([{"type": "memberOf", "expression": "attribute:a == b"}])");
  task["containerDefinitions"][1]["links"] = {"web"};
  return task;
}

void collect(Json& value, std::vector<Json*>& all) {
  if (value.is_structured())
    for (auto& inner : value) {
      all.push_back(&inner);
      collect(inner, all);
    }
}

Json odd_value(Random& random) {
  static const Json values = Json::parse(R"([null, [], {}, "", "a", "256", "<x>", true, false, 0, -1, 1, 3, 65536,
    2147483648, -2147483649, 18446744073709551615, 1.5, [null], [[]], [["a", "b"]], [{}], {"a": null}, {"a": []},
    {"a": {"b": 1}}, {"name": 5}, ["a", 1], "awsvpc", "host", "none", "HEALTHY", "\u00e9", "a\u0000b", {"0": 1}])");
  return values[below(random, values.size())];
}

void change_once(Json& task, Random& random) {
  std::vector<Json*> all;
  collect(task, all);
  if (all.empty()) return;
  auto& value = *all[below(random, all.size())];
  switch (below(random, 5)) {
    case 0: value = value.is_array() ? Json::object() : Json::array(); break;  // a list for an object and the reverse
    case 1: value = Json::array({value}); break;
    case 2:
      if (value.is_object() && !value.empty()) {
        auto member = value.begin();
        std::advance(member, static_cast<std::ptrdiff_t>(below(random, value.size())));
        value.erase(member);
        break;
      }
      [[fallthrough]];
    case 3: value = *all[below(random, all.size())]; break;  // a value of another place
    default: value = odd_value(random);
  }
}

Json mutated(Random& random) {
  auto task = below(random, 2) == 0 ? plain_task() : ec2_task();
  if (below(random, 3) == 0) {  // members that the example lacks
    const auto extra = value_of(aws::register_task_definition_shape(), random, 0);
    for (const auto& [name, value] : extra.items())
      if (!task.contains(name)) task[name] = value;
    for (const auto& [name, value] : extra["containerDefinitions"][0].items())
      if (!task["containerDefinitions"][0].contains(name)) task["containerDefinitions"][0][name] = value;
  }
  for (auto changes = below(random, 3); changes-- > 0;) change_once(task, random);
  return task;
}

bool passes_check(const Json& task) {
  for (const auto& finding : aws::check(task, {}))
    if (finding.severity == Finding::Severity::error) return false;
  return true;
}

// Only what can be ignored by name is in the way.
bool passes_model(const Json& task) {
  for (const auto& finding : aws::check(task, {}))
    if (finding.severity == Finding::Severity::error && finding.rule.empty()) return false;
  return true;
}

}  // namespace

TEST_CASE("what check passes of 2,000 mutated task definitions the sandbox takes") {
  constexpr int count = 2000;
  Random random(9);
  int passed = 0, refused = 0;
  for (int i = 0; i < count; ++i) {
    const auto task = aws::with_strings(mutated(random));
    CAPTURE(i, task.dump(-1, ' ', false, Json::error_handler_t::replace));
    const bool is_clean = passes_check(task);  // and throws nothing
    const auto refusal = sandbox::registration_error(task);
    CHECK_NOTHROW(aws::canonical(task));
    if (passes_model(task)) {
      CHECK_FALSE(refusal.starts_with("SerializationException"));
      CHECK(aws::model_violations(aws::without_nulls(task)).empty());
    }
    if (is_clean) CHECK(refusal == "");
    ++(is_clean ? passed : refused);
  }
  CHECK(passed > count / 20);   // the mutations are not all refused
  CHECK(refused > count / 20);  // nor all taken
}

TEST_CASE("the model accepts the documents that are made of it") {
  Random random(1);
  const auto& shape = aws::register_task_definition_shape();
  for (int i = 0; i < 300; ++i) {
    const auto task = value_of(shape, random, 0);
    CAPTURE(i, task.dump());
    CHECK(aws::model_violations(task).empty());  // the table accepts what is made of it
  }
}
