#include "task_rules.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <lapstrake/aws/ecs/model.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/api.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "input.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::string_view name_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= 255 && text.find_first_not_of(name_letters) == std::string::npos;
}

const Json& list(const Json& object, const char* name) {
  static const Json none = Json::array();
  return object.contains(name) ? object[name] : none;
}

// "1024", "1 vCPU", ".5 vcpu"; "2048", "2 GB", "0.5GB": whole CPU units and MiB. Nothing for anything else.
std::optional<std::int64_t> amount(std::string_view text, std::string_view unit) {
  const std::string small = lower(trim(text));
  if (const auto plain = parse_integer(small)) return *plain > 0 ? plain : std::nullopt;
  if (!small.ends_with(unit)) return std::nullopt;
  const auto digits = std::string(trim(std::string_view(small).substr(0, small.size() - unit.size())));
  if (digits.empty() || digits.find_first_not_of("0123456789.") != std::string::npos) return std::nullopt;
  double value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failure != std::errc() || end != digits.data() + digits.size() || value <= 0 || value > 1'000'000)
    return std::nullopt;
  return std::llround(value * 1024);
}

void normalise_size(Json& document, const char* name, std::string_view unit) {
  if (!document.contains(name)) return;
  const auto value = amount(document[name].get<std::string>(), unit);
  if (!value)
    refuse(cat("Invalid '", name,
               "' setting for task. For more information, see the Troubleshooting section of the Amazon "
               "ECS Developer Guide."));
  document[name] = cat(*value);
}

struct Size {
  std::int64_t cpu, least, most, step;  // memory in MiB
};
// AWS Fargate task sizes; 256 has no regular step.
constexpr std::array sizes = {Size{512, 1024, 4096, 1024},    Size{1024, 2048, 8192, 1024},
                              Size{2048, 4096, 16384, 1024},  Size{4096, 8192, 30720, 1024},
                              Size{8192, 16384, 61440, 4096}, Size{16384, 32768, 122880, 8192}};

bool is_fargate_size(std::int64_t cpu, std::int64_t memory) {
  if (cpu == 256) return memory == 512 || memory == 1024 || memory == 2048;
  return std::any_of(sizes.begin(), sizes.end(), [&](const Size& size) {
    return size.cpu == cpu && memory >= size.least && memory <= size.most && memory % size.step == 0;
  });
}

void check_container(const Json& container) {
  const std::string name = container.value("name", "");
  if (name.empty()) refuse("Container.name should not be null or empty.");
  if (!is_name(name)) refuse("Container.name contains invalid characters.");
  const std::string image = container.value("image", "");
  if (image.empty()) refuse("Container.image should not be null or empty.");
  if (image.find_first_of(" \t\n${}") != std::string::npos) refuse("Container.image contains invalid characters.");
  for (const auto& mapping : list(container, "portMappings"))
    for (const char* port : {"containerPort", "hostPort"})
      if (const auto number = mapping.value(port, std::int64_t{0}); number < 0 || number > 65535)
        refuse(cat("Invalid '", port, "' setting for container '", name, "'"));
}

bool has_dependency(const Json& containers, const Json& container, const Json& dependency) {
  const std::string target = dependency.value("containerName", ""), condition = dependency.value("condition", "");
  if (target == container.value("name", "")) refuse(cat("Container ", target, " cannot depend on itself"));
  for (const auto& other : containers) {
    if (other.value("name", "") != target) continue;
    if ((condition == "SUCCESS" || condition == "COMPLETE") && other.value("essential", true))
      refuse("A dependency container with SUCCESS or COMPLETE condition cannot be an essential container");
    if (condition == "HEALTHY" && !other.contains("healthCheck"))
      refuse(cat("A dependency container with HEALTHY condition must have a health check: ", target));
    return true;
  }
  return false;
}

void check_containers(const Json& document) {
  const Json& containers = list(document, "containerDefinitions");
  if (containers.empty()) refuse("Container list cannot be empty.");
  std::set<std::string> names, volumes;
  for (const auto& volume : list(document, "volumes")) volumes.insert(volume.value("name", ""));
  bool essential = false;
  for (const auto& container : containers) {
    check_container(container);
    const std::string name = container.value("name", "");
    if (!names.insert(name).second) refuse(cat("Container names must be unique: '", name, "' is used twice."));
    essential = essential || container.value("essential", true);
    for (const auto& mount : list(container, "mountPoints"))
      if (!volumes.contains(mount.value("sourceVolume", "")))
        refuse(cat("Unknown volume '", mount.value("sourceVolume", ""), "'."));
    for (const auto& dependency : list(container, "dependsOn"))
      if (!has_dependency(containers, container, dependency))
        refuse(cat("Cannot depend on container + '", dependency.value("containerName", ""),
                   "' because it does not exist"));
    if (!list(container, "secrets").empty() && !document.contains("executionRoleArn"))
      refuse("When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.");
  }
  if (!essential) refuse("Task definition must have at least one essential container.");
}

void check_memory(const Json& document) {
  std::int64_t sum = 0;
  for (const auto& container : document["containerDefinitions"]) {
    if (!document.contains("memory") && !container.contains("memory") && !container.contains("memoryReservation"))
      refuse(cat("Invalid setting for container '", container.value("name", ""),
                 "'. At least one of 'memory' or 'memoryReservation' must be specified."));
    sum += container.value("memoryReservation", container.value("memory", std::int64_t{0}));
  }
  if (!document.contains("memory")) return;
  const auto most = parse_integer(document["memory"].get<std::string>()).value_or(0);
  if (sum > most)
    refuse(cat("Total memory of the containers (", sum, ") is greater than the memory of the task (", most, ")."));
}

void check_ports(const Json& document) {
  if (document.value("networkMode", "") != "awsvpc") return;
  for (const auto& container : document["containerDefinitions"])
    for (const auto& mapping : list(container, "portMappings"))
      if (mapping.contains("hostPort") && mapping["hostPort"] != mapping.value("containerPort", Json()))
        refuse("When networkMode=awsvpc, the host ports and container ports in port mappings must match.");
}

// Kinds first: AWS's front reads the whole input before ECS looks at it. Names and containers have words of their own.
void check_model(const Json& document) {
  using Problem = aws::ModelViolation::Problem;
  const auto found = aws::model_violations(document);
  for (const auto& violation : found)
    if (violation.problem == Problem::kind) refuse_kind(violation.at, violation.shape.kind);
  for (const auto& violation : found) {
    if (violation.pointer == "/family" || violation.pointer == "/containerDefinitions") continue;
    const std::string at = violation.pointer.substr(violation.pointer.rfind('/') + 1);
    if (violation.problem == Problem::missing) refuse(cat("'", at, "' must not be null (", violation.pointer, ")"));
    refuse(cat("Invalid value '", violation.at.is_string() ? violation.at.get<std::string>() : violation.at.dump(),
               "' for '", at, "' (", violation.pointer, ")"));
  }
}

std::optional<std::string> fargate_refuses(const Json& document, const Json& container) {
  for (const char* member : {"links", "dnsServers", "dnsSearchDomains", "dockerSecurityOptions", "extraHosts"})
    if (!list(container, member).empty()) return cat("Fargate compatible task definitions do not support ", member);
  for (const char* member : {"privileged", "disableNetworking"})
    if (container.value(member, false)) return cat("Fargate compatible task definitions do not support ", member);
  const Json parameters = container.value("linuxParameters", Json::object());
  for (const char* member : {"devices", "sharedMemorySize", "maxSwap", "swappiness"})
    if (parameters.contains(member)) return cat("Fargate compatible task definitions do not support ", member);
  if (document.contains("executionRoleArn")) return std::nullopt;
  const std::string image = container.value("image", "");
  if (image.find(".dkr.ecr") != std::string::npos || image.find(".dkr-ecr") != std::string::npos)
    return "Fargate requires task definition to have execution role ARN to support ECR images.";
  if (container.value("logConfiguration", Json::object()).value("logDriver", "") == "awslogs")
    return "Fargate requires task definition to have execution role ARN to support log driver awslogs.";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> fargate_error(const Json& document) {
  if (document.value("networkMode", "") != "awsvpc") return "Fargate only supports network mode ‘awsvpc’.";
  for (const char* member : {"cpu", "memory"})
    if (!document.contains(member)) return cat("Fargate requires that '", member, "' be defined at the task level.");
  if (!is_fargate_size(parse_integer(document["cpu"].get<std::string>()).value_or(0),
                       parse_integer(document["memory"].get<std::string>()).value_or(0)))
    return "No Fargate configuration exists for given values.";
  if (!list(document, "placementConstraints").empty())
    return "Fargate compatible task definitions do not support placementConstraints";
  if (document.contains("ipcMode")) return "Fargate compatible task definitions do not support ipcMode";
  for (const auto& container : document["containerDefinitions"])
    if (auto error = fargate_refuses(document, container)) return error;
  return std::nullopt;
}

void check_task_definition(Json& document) {
  const std::size_t size = document.dump().size();
  if (size > 65536) refuse(cat("Actual length: '", size, "'. Max allowed length is '65536' bytes."));
  document = aws::without_nulls(std::move(document));
  check_model(document);
  const std::string family = document.value("family", "");
  if (family.empty()) refuse("Family should not be null or empty.");
  if (!is_name(family)) refuse("Family contains invalid characters.");
  for (const char* role : {"taskRoleArn", "executionRoleArn"})
    if (const std::string arn = document.value(role, "");
        arn.starts_with("arn:") && arn.find(":role/") == std::string::npos)
      refuse("Role is not valid");
  normalise_size(document, "cpu", "vcpu");
  normalise_size(document, "memory", "gb");
  check_containers(document);
  check_memory(document);
  check_ports(document);
  for (const auto& wanted : list(document, "requiresCompatibilities"))
    if (wanted == "FARGATE")
      if (const auto error = fargate_error(document)) refuse(*error);
  document = aws::without_unknown(std::move(document), [](std::string_view) { return true; });
}

static void fill_volumes(Json& document) {
  for (auto& volume : document["volumes"]) {
    if (!volume.contains("dockerVolumeConfiguration")) continue;
    auto& docker = volume["dockerVolumeConfiguration"];
    if (!docker.contains("scope")) docker["scope"] = "task";
    if (!docker.contains("driver")) docker["driver"] = "local";
  }
}

void fill_defaults(Json& document) {
  const bool host_ports_follow =
      document.value("networkMode", "") == "awsvpc" || document.value("networkMode", "") == "host";
  auto fill = [](Json& object, const char* name, Json value) {
    if (!object.contains(name)) object[name] = std::move(value);
  };
  for (const char* name : {"volumes", "placementConstraints"}) fill(document, name, Json::array());
  fill_volumes(document);
  for (auto& container : document["containerDefinitions"]) {
    fill(container, "cpu", 0);
    fill(container, "essential", true);
    for (const char* name : {"portMappings", "environment", "mountPoints", "volumesFrom", "systemControls"})
      fill(container, name, Json::array());
    for (auto& mapping : container["portMappings"]) {
      fill(mapping, "protocol", "tcp");
      if (mapping.contains("containerPort"))
        fill(mapping, "hostPort", host_ports_follow ? mapping["containerPort"] : Json(0));
    }
    std::erase_if(container["environment"].get_ref<Json::array_t&>(),
                  [](const Json& entry) { return !entry.contains("value"); });
    if (container.contains("firelensConfiguration")) fill(container, "user", "0");
    if (container.contains("restartPolicy")) fill(container["restartPolicy"], "restartAttemptPeriod", 300);
    if (container.contains("healthCheck")) {
      fill(container["healthCheck"], "interval", 30);
      fill(container["healthCheck"], "timeout", 5);
      fill(container["healthCheck"], "retries", 3);
    }
    // Their order is not kept by ECS: whoever compares must not lean on it.
    for (const char* name : {"environment", "secrets"})
      if (container.contains(name)) std::reverse(container[name].begin(), container[name].end());
  }
}

Json compatibilities(const Json& document) {
  if (document.value("networkMode", "") != "awsvpc") return {"EXTERNAL", "EC2"};
  return fargate_error(document) ? Json::array({"EC2"}) : Json::array({"EC2", "FARGATE"});
}

Json required_attributes(const Json& document) {
  std::set<std::string> names = {"com.amazonaws.ecs.capability.docker-remote-api.1.18"};
  const bool executes = document.contains("executionRoleArn");
  if (document.value("networkMode", "") == "awsvpc") names.insert("ecs.capability.task-eni");
  if (document.contains("taskRoleArn")) names.insert("com.amazonaws.ecs.capability.task-iam-role");
  for (const auto& container : document["containerDefinitions"]) {
    if (container.value("image", "").find(".dkr.ecr") != std::string::npos) {
      names.insert("com.amazonaws.ecs.capability.ecr-auth");
      if (executes) names.insert("ecs.capability.execution-role-ecr-pull");
    }
    const std::string driver = container.value("logConfiguration", Json::object()).value("logDriver", "");
    if (!driver.empty()) names.insert("com.amazonaws.ecs.capability.logging-driver." + driver);
    if (driver == "awslogs" && executes) names.insert("ecs.capability.execution-role-awslogs");
  }
  Json list = Json::array();
  for (const auto& name : names) list.push_back({{"name", name}});
  return list;
}

}  // namespace lapstrake::sandbox
