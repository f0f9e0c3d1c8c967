#include <algorithm>
#include <array>
#include <lapstrake/aws/ecs/task_size.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>

#include "rules.hpp"

namespace lapstrake::aws {
namespace {

using nlohmann::json;

std::string size_text(TaskSize size) { return cat("`cpu: \"", size.cpu, "\"`, `memory: \"", size.memory, "\"`"); }

void has_size(const TaskContext& context, Findings& findings) {
  for (const auto* name : {"cpu", "memory"}) {
    const auto& value = member_of(context.document, name);
    const auto units = name == std::string_view("cpu") ? cpu_of(context.document) : memory_of(context.document);
    const auto pointer = cat("/", name);
    if (value.is_null()) {
      if (context.is_fargate)
        findings.error(pointer, cat("a Fargate task needs a `", name, "` for the whole task"),
                       cat("add ", size_text(nearest_fargate_size(
                                       {cpu_of(context.document).value_or(1), memory_of(context.document).value_or(1)},
                                       context.is_windows))));
    } else if (!units) {
      findings.error(pointer,
                     cat("`", value.is_string() ? value.get<std::string>() : value.dump(), "` is not a valid ", name,
                         " for a task"),
                     name == std::string_view("cpu") ? "write CPU units (`\"1024\"`) or vCPUs (`\"1 vCPU\"`)"
                                                     : "write MiB (`\"2048\"`) or GB (`\"2 GB\"`)");
    }
  }
}

void fargate_pair(const TaskContext& context, Findings& findings) {
  const auto cpu = cpu_of(context.document), memory = memory_of(context.document);
  if (!context.is_fargate || !cpu || !memory || is_fargate_size({*cpu, *memory}, context.is_windows)) return;
  const auto near = nearest_fargate_size({*cpu, *memory}, context.is_windows);
  const auto memories = fargate_memories(*cpu, context.is_windows);
  findings.error(
      memories.empty() ? "/cpu" : "/memory",
      cat("Fargate does not support cpu ", *cpu, " with memory ", *memory, context.is_windows ? " on Windows" : ""),
      cat("the nearest valid pair is ", size_text(near), memories.empty() ? "" : cat(" (cpu ", memories, ")")));
}

void awsvpc(const TaskContext& context, Findings& findings) {
  if (!context.is_fargate || context.network_mode == "awsvpc") return;
  findings.error("/networkMode",
                 context.network_mode.empty()
                     ? "a Fargate task needs a `networkMode`"
                     : cat("a Fargate task cannot have the network mode `", context.network_mode, "`"),
                 "write `networkMode: awsvpc`");
}

void storage(const TaskContext& context, Findings& findings) {
  const auto& size = member_of(member_of(context.document, "ephemeralStorage"), "sizeInGiB");
  if (!size.is_number_integer()) return;
  const auto gib = size.get<std::int64_t>();
  if (gib < 21 || gib > 200)
    findings.documented(
        Documented::ephemeral_storage_size, "/ephemeralStorage/sizeInGiB",
        cat("ephemeral storage cannot be ", gib, " GiB: the range is 21 to 200"),
        gib == 20 ? "remove `ephemeralStorage`: 20 GiB is the default" : "write a number from 21 to 200");
}

struct Unsupported {
  const char* member;
  std::string_view instead;
};
constexpr std::array unsupported_in_task{
    Unsupported{"ipcMode", "remove it"},
    Unsupported{"placementConstraints", "remove them: Fargate places tasks itself"},
    Unsupported{"inferenceAccelerators", "remove them"},
};
constexpr std::array unsupported_in_container{
    Unsupported{"disableNetworking", "remove it"},
    Unsupported{"dnsSearchDomains", "remove them: the VPC's DHCP options set them"},
    Unsupported{"dnsServers", "remove them: the VPC's DHCP options set them"},
    Unsupported{"dockerSecurityOptions", "remove them"},
    Unsupported{"extraHosts", "remove them: use Route 53 or service discovery"},
    Unsupported{"links", "remove them: containers of one task reach each other at 127.0.0.1"},
    Unsupported{"privileged", "remove it: Fargate containers cannot be privileged"},
};
constexpr std::array unsupported_linux_parameters{
    Unsupported{"maxSwap", "remove it"},
    Unsupported{"swappiness", "remove it"},
    Unsupported{"devices", "remove them"},
    Unsupported{"sharedMemorySize", "remove it"},
};

template <std::size_t count>
void report_unsupported(const json& object, const std::string& pointer, const std::array<Unsupported, count>& members,
                        Findings& findings) {
  for (const auto& each : members)
    if (is_set(member_of(object, each.member)))
      findings.documented(Documented::fargate_members, below(pointer, each.member),
                          cat("Fargate does not support `", each.member, "`"), std::string(each.instead));
}

void task_members(const TaskContext& context, Findings& findings) {
  if (!context.is_fargate) return;
  report_unsupported(context.document, "", unsupported_in_task, findings);
  if (const auto mode = text_of(context.document, "pidMode"); !mode.empty() && mode != "task")
    findings.error("/pidMode", cat("Fargate does not support the pid mode `", mode, "`"),
                   "write `pidMode: task` or remove it");
}

void task_volumes(const TaskContext& context, Findings& findings) {
  if (!context.is_fargate) return;
  const auto& volumes = list_of(context.document, "volumes");
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const auto pointer = below("/volumes", i);
    if (is_set(member_of(member_of(volumes[i], "host"), "sourcePath")))
      findings.error(pointer + "/host/sourcePath", "a Fargate task cannot mount folders of a host",
                     "remove `host`, or use EFS (`efsVolumeConfiguration`)");
    if (is_set(member_of(volumes[i], "dockerVolumeConfiguration")))
      findings.error(pointer + "/dockerVolumeConfiguration", "Fargate does not support `dockerVolumeConfiguration`",
                     "remove it, or use EFS (`efsVolumeConfiguration`)");
  }
}

void container_members(const TaskContext& context, const Container& container, Findings& findings) {
  if (!context.is_fargate) return;
  report_unsupported(container.value, container.pointer, unsupported_in_container, findings);
  const auto& parameters = member_of(container.value, "linuxParameters");
  report_unsupported(parameters, container.pointer + "/linuxParameters", unsupported_linux_parameters, findings);
  const auto& added = list_of(member_of(parameters, "capabilities"), "add");
  for (std::size_t i = 0; i < added.size(); ++i)
    if (added[i] != "SYS_PTRACE")
      findings.error(below(container.pointer + "/linuxParameters/capabilities/add", i),
                     cat("Fargate cannot add the capability ", added[i].dump()),
                     "remove it: only SYS_PTRACE can be added");
}

void container_resources(const TaskContext& context, const Container& container, Findings& findings) {
  if (!context.is_fargate) return;
  const auto& needs = list_of(container.value, "resourceRequirements");
  for (std::size_t i = 0; i < needs.size(); ++i)
    if (text_of(needs[i], "type") == "GPU")
      findings.error(below(container.pointer + "/resourceRequirements", i), "Fargate does not support GPUs",
                     "remove it, or run the task on EC2");
  const auto& limits = list_of(container.value, "ulimits");
  for (std::size_t i = 0; i < limits.size(); ++i)
    if (const auto name = text_of(limits[i], "name"); name != "nofile")
      findings.warning(below(container.pointer + "/ulimits", i),
                       cat("Fargate does not support the ulimit `", name, "`"), "keep only `nofile`");
}

void stop_times(const TaskContext& context, const Container& container, Findings& findings) {
  for (const auto* name : {"startTimeout", "stopTimeout"}) {
    const auto& value = member_of(container.value, name);
    if (!context.is_fargate || !value.is_number_integer()) continue;
    if (value < 2 || value > 120)
      findings.documented(Documented::stop_timeout, below(container.pointer, name),
                          cat("`", name, "` of ", value.dump(), " s is not valid on Fargate"),
                          "write 2 to 120 seconds");
  }
}

constexpr Rule fargate_task_rules[]{has_size, fargate_pair, awsvpc, storage, task_members, task_volumes};
constexpr ContainerRule fargate_container_rules[]{container_members, container_resources, stop_times};

}  // namespace

Rules fargate_rules() { return {fargate_task_rules, fargate_container_rules}; }

}  // namespace lapstrake::aws
