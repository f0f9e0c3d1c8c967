#include <algorithm>
#include <array>
#include <lapstrake/aws/ecs/task_size.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>
#include <set>

#include "rules.hpp"

namespace lapstrake::aws {
namespace {

using nlohmann::json;

void port(const TaskContext& context, const json& mapping, const std::string& pointer, Findings& findings) {
  const auto container_port = number_of(mapping, "containerPort"), host_port = number_of(mapping, "hostPort");
  for (const auto* name : {"containerPort", "hostPort"})
    if (const auto value = number_of(mapping, name); value && (*value < 0 || *value > 65535))
      findings.error(below(pointer, name), cat(*value, " is not a valid port"), "write a number from 1 to 65535");
  if (!container_port && member_of(mapping, "containerPortRange").is_null() &&
      member_of(mapping, "containerPort").is_null())
    findings.error(pointer, "a port mapping has no `containerPort`", "add the port that the container listens on");
  const bool one_network = context.is_fargate || context.network_mode == "awsvpc" || context.network_mode == "host";
  if (one_network && container_port && host_port && *host_port != *container_port)
    findings.error(pointer + "/hostPort",
                   cat("with the network mode ", context.network_mode.empty() ? "awsvpc" : context.network_mode,
                       " the host port ", *host_port, " cannot differ from the container port ", *container_port),
                   cat("remove `hostPort`, or write ", *container_port));
}

void port_mappings(const TaskContext& context, const Container& container, Findings& findings) {
  const auto& list = list_of(container.value, "portMappings");
  for (std::size_t i = 0; i < list.size(); ++i)
    port(context, list[i], below(container.pointer + "/portMappings", i), findings);
}

// All containers of an awsvpc task listen at one address.
void ports_clash(const TaskContext& context, Findings& findings) {
  if (context.network_mode != "awsvpc") return;
  std::map<std::pair<std::int64_t, std::string>, std::string> taken;
  for (const auto& container : context.containers) {
    const auto& list = list_of(container.value, "portMappings");
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto value = number_of(list[i], "containerPort");
      const auto protocol = text_of(list[i], "protocol");
      if (!value) continue;
      const auto [other, is_free] =
          taken.emplace(std::pair(*value, protocol.empty() ? "tcp" : protocol), container.name);
      if (!is_free)
        findings.warning(below(container.pointer + "/portMappings", i),
                         cat("`", other->second, "` and `", container.name, "` both use port ", *value),
                         "containers of an awsvpc task share one address: give each its own port");
    }
  }
}

void log_driver(const TaskContext& context, const Container& container, Findings& findings) {
  const auto& log = member_of(container.value, "logConfiguration");
  const auto pointer = container.pointer + "/logConfiguration";
  if (!log.is_object()) return;
  const auto driver = text_of(log, "logDriver");
  if (driver.empty())
    findings.error(pointer + "/logDriver", "`logConfiguration` has no `logDriver`", "add `logDriver: awslogs`");
  if (context.is_fargate && !driver.empty() && driver != "awslogs" && driver != "splunk" && driver != "awsfirelens")
    findings.error(pointer + "/logDriver", cat("Fargate does not support the log driver `", driver, "`"),
                   "use one of awslogs, splunk, awsfirelens");
  if (driver == "awsfirelens" &&
      std::none_of(context.containers.begin(), context.containers.end(),
                   [](const auto& each) { return member_of(each.value, "firelensConfiguration").is_object(); }))
    findings.error(pointer + "/logDriver",
                   "the log driver awsfirelens needs a container with a `firelensConfiguration`",
                   "add a log router container, for example with `firelensConfiguration: { type: fluentbit }`");
}

// Those of ECS, and the others of docker's own driver.
const std::vector<std::string> awslogs_options{"awslogs-group",
                                               "awslogs-region",
                                               "awslogs-stream-prefix",
                                               "awslogs-create-group",
                                               "awslogs-datetime-format",
                                               "awslogs-multiline-pattern",
                                               "mode",
                                               "max-buffer-size",
                                               "awslogs-credentials-endpoint",
                                               "awslogs-endpoint",
                                               "awslogs-force-flush-interval-seconds",
                                               "awslogs-format",
                                               "awslogs-max-buffered-events",
                                               "awslogs-stream",
                                               "tag"};

void awslogs(const TaskContext& context, const Container& container, Findings& findings) {
  const auto& log = member_of(container.value, "logConfiguration");
  if (text_of(log, "logDriver") != "awslogs") return;
  const auto pointer = container.pointer + "/logConfiguration/options";
  const auto& options = member_of(log, "options");
  const auto need = [&](const char* name, const std::string& example) {
    if (member_of(options, name).is_null())
      findings.error(below(pointer, name), cat("the logging of `", container.name, "` needs the option `", name, "`"),
                     cat("add `", name, ": ", example, "`"));
  };
  need("awslogs-group", cat("/ecs/", text_of(context.document, "family")));
  need("awslogs-region", "eu-west-1");
  if (context.is_fargate) need("awslogs-stream-prefix", "ecs");
  if (const auto mode = text_of(options, "mode"); !mode.empty() && mode != "blocking" && mode != "non-blocking")
    findings.error(pointer + "/mode", cat("`", mode, "` is not a valid mode of a log driver"),
                   "write blocking or non-blocking");
  if (!options.is_object()) return;
  for (const auto& [name, value] : options.items()) {
    if (std::find(awslogs_options.begin(), awslogs_options.end(), name) != awslogs_options.end()) continue;
    const auto near = nearest(name, awslogs_options);  // ECS: "Log driver awslogs disallows options: ..."
    findings.documented(Documented::awslogs_options, below(pointer, name), cat("awslogs has no option `", name, "`"),
                        near ? cat("did you mean `", *near, "`?") : "remove it");
  }
}

struct HealthRange {
  const char* member;
  std::int64_t least, most;
};
constexpr std::array health_ranges{HealthRange{"interval", 5, 300}, HealthRange{"timeout", 2, 60},
                                   HealthRange{"retries", 1, 10}, HealthRange{"startPeriod", 0, 300}};

void health(const TaskContext& context, const Container& container, Findings& findings) {
  const auto& check = member_of(container.value, "healthCheck");
  if (!check.is_object()) return;
  const auto pointer = container.pointer + "/healthCheck";
  for (const auto& range : health_ranges)
    if (const auto value = number_of(check, range.member); value && (*value < range.least || *value > range.most))
      findings.documented(Documented::health_check_ranges, below(pointer, range.member),
                          cat("`", range.member, "` of a health check cannot be ", *value),
                          cat("write a number from ", range.least, " to ", range.most));
  const auto& command = list_of(check, "command");
  const auto first = command.empty() || !command[0].is_string() ? "" : command[0].get<std::string>();
  if (first != "CMD" && first != "CMD-SHELL" && first != "NONE")
    findings.error(pointer + "/command", "the command of a health check must begin with CMD or CMD-SHELL",
                   "write `command: [CMD, /bin/check]`");
  if (first == "CMD-SHELL" && context.images.contains(text_of(container.value, "image")))
    findings.warning(pointer + "/command/0", cat("CMD-SHELL needs /bin/sh in the image of `", container.name, "`"),
                     "write `command: [CMD, ...]` if the image has no shell");
}

void sums(const TaskContext& context, Findings& findings) {
  std::int64_t cpu = 0, memory = 0;
  for (const auto& container : context.containers) {
    cpu += number_of(container.value, "cpu").value_or(0);
    const auto hard = number_of(container.value, "memory"), soft = number_of(container.value, "memoryReservation");
    memory += soft ? *soft : hard.value_or(0);
  }
  const auto task_cpu = cpu_of(context.document), task_memory = memory_of(context.document);
  if (task_cpu && cpu > *task_cpu)
    findings.error("/cpu", cat("the containers request ", cpu, " CPU units, but the task has ", *task_cpu),
                   "lower the containers' `cpu`, or raise the task's");
  if (task_memory && memory > *task_memory)
    findings.error("/memory", cat("the containers request ", memory, " MiB, but the task has ", *task_memory),
                   "lower the containers' `memory`, or raise the task's");
}

void memory(const TaskContext& context, const Container& container, Findings& findings) {
  const auto hard = number_of(container.value, "memory"), soft = number_of(container.value, "memoryReservation");
  if (hard && soft && *soft > *hard)
    findings.error(container.pointer + "/memoryReservation",
                   cat("`", container.name, "` reserves ", *soft, " MiB of at most ", *hard),
                   "`memoryReservation` must be at most `memory`");
  const auto task = memory_of(context.document);
  if (hard && task && *hard > *task)
    findings.error(container.pointer + "/memory",
                   cat("`", container.name, "` may use ", *hard, " MiB, but the task has ", *task),
                   cat("write at most ", *task));
  const bool is_written =
      !member_of(container.value, "memory").is_null() || !member_of(container.value, "memoryReservation").is_null();
  if (!context.is_fargate && !is_written && member_of(context.document, "memory").is_null())
    findings.error(container.pointer + "/memory", cat("neither the task nor `", container.name, "` sets its memory"),
                   "add `memory` (MiB) to the container, or to the task");
}

std::set<std::string> volume_names(const TaskContext& context) {
  std::set<std::string> names;
  for (const auto& volume : list_of(context.document, "volumes")) names.insert(text_of(volume, "name"));
  return names;
}

void mounts(const TaskContext& context, const Container& container, Findings& findings) {
  const auto volumes = volume_names(context);
  const auto& list = list_of(container.value, "mountPoints");
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto at = below(container.pointer + "/mountPoints", i);
    const auto volume = text_of(list[i], "sourceVolume");
    if (!volumes.contains(volume)) {
      const auto near = nearest(volume, {volumes.begin(), volumes.end()});
      findings.error(at + "/sourceVolume",
                     cat("`", container.name, "` mounts the volume `", volume, "`, which the task does not define"),
                     near ? cat("did you mean `", *near, "`?") : cat("add `{ name: ", volume, " }` to `volumes`"));
    }
    if (const auto path = text_of(list[i], "containerPath"); !path.starts_with('/') && !context.is_windows)
      findings.error(at + "/containerPath", cat("`", path, "` is not an absolute path"), "start it with `/`");
  }
  const auto& from = list_of(container.value, "volumesFrom");
  for (std::size_t i = 0; i < from.size(); ++i)
    if (const auto other = text_of(from[i], "sourceContainer"); context.find(other) == nullptr)
      findings.error(below(container.pointer + "/volumesFrom", i) + "/sourceContainer",
                     cat("`", other, "` is not a container of this task"), "name one of the task's containers");
}

void volumes(const TaskContext& context, Findings& findings) {
  std::set<std::string> seen;
  const auto& list = list_of(context.document, "volumes");
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto name = text_of(list[i], "name");
    const auto at = below("/volumes", i);
    if (name.empty()) findings.error(at + "/name", "a volume has no `name`", "add a `name`");
    if (!name.empty() && !seen.insert(name).second)
      findings.error(at + "/name", cat("duplicate volume name `", name, "`"), "give each volume a unique name");
    const auto& efs = member_of(list[i], "efsVolumeConfiguration");
    const auto& authorization = member_of(efs, "authorizationConfig");  // the console writes one that asks for nothing
    const bool authorized =
        text_of(authorization, "iam") == "ENABLED" || !text_of(authorization, "accessPointId").empty();
    if (authorized && text_of(efs, "transitEncryption") != "ENABLED")
      findings.error(
          at + "/efsVolumeConfiguration/transitEncryption",
          cat("volume `", name,
              "` has an `authorizationConfig` with IAM or an access point, which needs encryption in transit"),
          "add `transitEncryption: ENABLED`");
  }
}

constexpr Rule containers_task_rules[]{ports_clash, sums, volumes};
constexpr ContainerRule containers_container_rules[]{port_mappings, log_driver, awslogs, health, memory, mounts};

}  // namespace

Rules container_rules() { return {containers_task_rules, containers_container_rules}; }

}  // namespace lapstrake::aws
