#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/digest.hpp>

#include "ecs_shown.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

// Digits that are the same for one task in each reply.
std::string task_digits(const EcsTask& task, std::size_t at, std::size_t count) {
  return task.arn.substr(task.arn.rfind('/') + 1 + at, count);
}

std::string address_of(const EcsTask& task) {
  const auto number = [&](std::size_t at) { return std::stoi(task_digits(task, at, 2), nullptr, 16); };
  return cat("10.0.", number(0), ".", number(2));
}

std::string interface_id(const EcsTask& task) {
  return cat(task_digits(task, 0, 8), "-", task_digits(task, 8, 4), "-4", task_digits(task, 13, 3), "-8",
             task_digits(task, 17, 3), "-", task_digits(task, 20, 12));
}

const Json& awsvpc_of(const EcsTask& task) {
  return member_or_null(member_or_null(task.members, "networkConfiguration"), "awsvpcConfiguration");
}

Json shown_container(const EcsTask& task, const Json& definition, Time now) {
  const auto name = definition.value("name", "");
  const bool has_stopped = task.has_stopped(now), was_pulled = task.ending.stop_code != "TaskFailedToStart";
  const bool has_check = definition.contains("healthCheck");
  Json out = {{"containerArn", cat(replace_all(task.arn, ":task/", ":container/"), "/", interface_id(task))},
              {"taskArn", task.arn},
              {"name", name},
              {"image", definition.value("image", "")},
              {"lastStatus", has_stopped      ? "STOPPED"
                             : task.runs(now) ? "RUNNING"
                                              : "PENDING"},
              {"networkInterfaces", Json::array()},
              {"healthStatus", has_check && task.runs(now) ? "HEALTHY" : "UNKNOWN"},
              {"cpu", cat(definition.value("cpu", 0))}};
  if (definition.contains("memory")) out["memory"] = cat(definition["memory"].get<std::int64_t>());
  if (definition.contains("memoryReservation"))
    out["memoryReservation"] = cat(definition["memoryReservation"].get<std::int64_t>());
  if (awsvpc_of(task).is_object() && was_pulled)
    out["networkInterfaces"].push_back(
        {{"attachmentId", interface_id(task)}, {"privateIpv4Address", address_of(task)}});
  const auto digest = task.digests.find(name);
  if (was_pulled && now >= task.runs_at) {
    if (digest != task.digests.end()) out["imageDigest"] = digest->second;
    out["runtimeId"] = cat(task_digits(task, 0, 32), "-", oci::Digest::of(name).hex().substr(0, 10));
  }
  if (!has_stopped) return out;
  if (const auto code = task.ending.exit_codes.find(name); code != task.ending.exit_codes.end())
    out["exitCode"] = code->second;
  if (task.ending.container == name && !task.ending.container_reason.empty())
    out["reason"] = task.ending.container_reason;
  return out;
}

Json shown_attachments(const EcsTask& task, Time now) {
  const auto& awsvpc = awsvpc_of(task);
  if (!awsvpc.is_object()) return Json::array();
  const auto& subnets = member_or_null(awsvpc, "subnets");
  return Json::array({{{"id", interface_id(task)},
                       {"type", "ElasticNetworkInterface"},
                       {"status", task.has_stopped(now) ? "DELETED"
                                  : now >= task.runs_at ? "ATTACHED"
                                                        : "ATTACHING"},
                       {"details",
                        {{{"name", "subnetId"}, {"value", subnets.empty() ? Json("subnet-11111111") : subnets[0]}},
                         {{"name", "networkInterfaceId"}, {"value", cat("eni-", task_digits(task, 0, 17))}},
                         {{"name", "privateIPv4Address"}, {"value", address_of(task)}}}}}});
}

void add_times(const EcsTask& task, Time now, Json& out) {
  out["createdAt"] = epoch_seconds(task.created);
  if (now >= task.runs_at && task.ending.stop_code != "TaskFailedToStart") {
    out["pullStartedAt"] = out["connectivityAt"] = epoch_seconds(task.created + (task.runs_at - task.created) / 2);
    out["pullStoppedAt"] = out["startedAt"] = epoch_seconds(task.runs_at);
    out["connectivity"] = "CONNECTED";
  }
  if (!task.has_stopped(now)) return;
  out["stoppingAt"] = out["executionStoppedAt"] = out["stoppedAt"] = epoch_seconds(*task.stops_at);
  out["stopCode"] = task.ending.stop_code;
  out["stoppedReason"] = task.ending.reason;
}

Json shown_overrides(const EcsTask& task) {
  Json out = {{"containerOverrides", Json::array()}, {"inferenceAcceleratorOverrides", Json::array()}};
  const auto& given = member_or_null(task.members, "overrides");
  if (given.is_object()) out.update(given);
  if (!task.service.empty() || !given.is_object())
    for (const auto& container : member_or_null(task.definition, "containerDefinitions"))
      out["containerOverrides"].push_back({{"name", container.value("name", "")}});
  return out;
}

}  // namespace

Json shown_task(const EcsTask& task, Time now, bool with_tags) {
  Json out = {{"taskArn", task.arn},
              {"clusterArn", task.cluster_arn},
              {"taskDefinitionArn", task.definition_arn},
              {"lastStatus", last_status(task, now)},
              {"desiredStatus", task.has_stopped(now) ? "STOPPED" : "RUNNING"},
              {"launchType", task.members.value("launchType", "FARGATE")},
              {"platformVersion", "1.4.0"},
              {"platformFamily", "Linux"},
              {"group", task.group},
              {"availabilityZone", cat(split(task.arn, ':')[3], "a")},
              {"attachments", shown_attachments(task, now)},
              {"attributes", Json::array({{{"name", "ecs.cpu-architecture"}, {"value", "x86_64"}}})},
              {"containers", Json::array()},
              {"overrides", shown_overrides(task)},
              {"enableExecuteCommand", task.members.value("enableExecuteCommand", false)},
              {"healthStatus", "UNKNOWN"},
              {"version", 1 + (now >= task.runs_at ? 1 : 0) + (task.has_stopped(now) ? 1 : 0)}};
  if (!task.started_by.empty()) out["startedBy"] = task.started_by;
  for (const auto* name : {"cpu", "memory"})
    if (const auto& value = member_or_null(task.definition, name); value.is_string()) out[name] = value;
  const auto& platform = member_or_null(task.definition, "runtimePlatform");
  if (member_or_null(platform, "cpuArchitecture") == "ARM64") out["attributes"][0]["value"] = "arm64";
  for (const auto& container : member_or_null(task.definition, "containerDefinitions")) {
    out["containers"].push_back(shown_container(task, container, now));
    if (out["containers"].back()["healthStatus"] == "HEALTHY") out["healthStatus"] = "HEALTHY";
  }
  add_times(task, now, out);
  if (with_tags) out["tags"] = task.members.value("tags", Json::array());
  return out;
}

}  // namespace lapstrake::sandbox
