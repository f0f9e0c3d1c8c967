// Ranges of numbers, sizes of lists, Linux capabilities, and what Windows lacks.
#include <algorithm>
#include <array>
#include <lapstrake/aws/ecs/task_size.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>
#include <limits>

#include "rules.hpp"
#include "words.hpp"

namespace lapstrake::aws {
namespace {

using nlohmann::json;

constexpr std::int64_t most_of_all = std::numeric_limits<std::int32_t>::max();

struct Range {
  const char* place;
  std::int64_t least, most;
};
constexpr std::array ranges{
    Range{"containerDefinitions/*/cpu", 0, most_of_all},
    Range{"containerDefinitions/*/startTimeout", 0, most_of_all},
    Range{"containerDefinitions/*/stopTimeout", 0, most_of_all},
    Range{"containerDefinitions/*/restartPolicy/restartAttemptPeriod", 60, 1800},
    Range{"containerDefinitions/*/linuxParameters/swappiness", 0, 100},
    Range{"containerDefinitions/*/linuxParameters/maxSwap", 0, most_of_all},
    Range{"containerDefinitions/*/linuxParameters/sharedMemorySize", 0, most_of_all},
    Range{"containerDefinitions/*/linuxParameters/tmpfs/*/size", 1, most_of_all},
    Range{"volumes/*/efsVolumeConfiguration/transitEncryptionPort", 1, 65535},
    Range{"volumes/*/s3filesVolumeConfiguration/transitEncryptionPort", 1, 65535},
};

void numbers(const TaskContext& context, Findings& findings) {
  json copy = context.document;
  for (const auto& range : ranges)
    visit_path(copy, range.place, [&](const json& value, const std::string& pointer) {
      const auto number = number_of(json{{"value", value}}, "value");
      if (!number || (*number >= range.least && *number <= range.most)) return;
      findings.documented(Documented::member_ranges, pointer,
                          cat("`", pointer.substr(pointer.rfind('/') + 1), "` cannot be ", *number),
                          range.most == most_of_all ? cat("write at least ", range.least)
                                                    : cat("write a number from ", range.least, " to ", range.most));
    });
}

struct Count {
  const char* place;
  std::size_t most;
};
constexpr std::array counts{
    Count{"placementConstraints", 10},
    Count{"containerDefinitions/*/environmentFiles", 10},
    Count{"containerDefinitions/*/restartPolicy/ignoredExitCodes", 50},
};

void sizes(const TaskContext& context, Findings& findings) {
  json copy = context.document;
  for (const auto& count : counts)
    visit_path(copy, count.place, [&](const json& value, const std::string& pointer) {
      if (value.is_array() && value.size() > count.most)
        findings.documented(Documented::member_ranges, pointer,
                            cat("`", pointer.substr(pointer.rfind('/') + 1), "` has ", value.size(), " entries"),
                            cat("ECS accepts at most ", count.most));
    });
}

// Docker reserves 4 MiB, since 20.10 6 MiB, for a container.
void least_memory(const TaskContext&, const Container& container, Findings& findings) {
  for (const auto* name : {"memory", "memoryReservation"}) {
    const auto number = number_of(container.value, name);
    if (!number || *number >= 6 || (*number == 0 && name == std::string_view("memoryReservation"))) continue;
    const auto pointer = below(container.pointer, name);
    const auto message = cat("`", container.name, "` requests ", *number, " MiB of memory; docker needs at least 6");
    if (*number < 4)
      findings.documented(Documented::member_ranges, pointer, message, "write at least 6");
    else
      findings.warning(pointer, message, "write at least 6");
  }
}

void limits(const TaskContext&, const Container& container, Findings& findings) {
  const auto& list = list_of(container.value, "ulimits");
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto soft = number_of(list[i], "softLimit"), hard = number_of(list[i], "hardLimit");
    if (!soft || !hard || *hard == -1 || (*soft != -1 && *soft <= *hard)) continue;  // -1: no limit
    findings.documented(Documented::member_ranges, below(container.pointer + "/ulimits", i) + "/softLimit",
                        cat("the soft limit ", *soft, " is above the hard limit ", *hard),
                        cat("write at most ", *hard));
  }
}

constexpr std::array<std::string_view, 38> capability_names{
    "ALL",        "AUDIT_CONTROL",   "AUDIT_WRITE",      "BLOCK_SUSPEND",
    "CHOWN",      "DAC_OVERRIDE",    "DAC_READ_SEARCH",  "FOWNER",
    "FSETID",     "IPC_LOCK",        "IPC_OWNER",        "KILL",
    "LEASE",      "LINUX_IMMUTABLE", "MAC_ADMIN",        "MAC_OVERRIDE",
    "MKNOD",      "NET_ADMIN",       "NET_BIND_SERVICE", "NET_BROADCAST",
    "NET_RAW",    "SETFCAP",         "SETGID",           "SETPCAP",
    "SETUID",     "SYS_ADMIN",       "SYS_BOOT",         "SYS_CHROOT",
    "SYS_MODULE", "SYS_NICE",        "SYS_PACCT",        "SYS_PTRACE",
    "SYS_RAWIO",  "SYS_RESOURCE",    "SYS_TIME",         "SYS_TTY_CONFIG",
    "SYSLOG",     "WAKE_ALARM"};

void capabilities(const TaskContext& context, const Container& container, Findings& findings) {
  const auto& both = member_of(member_of(container.value, "linuxParameters"), "capabilities");
  const std::vector<std::string> known(capability_names.begin(), capability_names.end());
  for (const auto* which : {"add", "drop"}) {
    if (context.is_fargate && which == std::string_view("add")) continue;  // Fargate's own rule says more
    const auto& list = list_of(both, which);
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto name = list[i].is_string() ? list[i].get<std::string>() : "ALL";
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      const auto bare = lower(name).starts_with("cap_") ? name.substr(4) : name;
      auto near = nearest(bare, known);
      for (const auto& each : known)
        if (lower(each) == lower(bare)) near = each;
      findings.documented(Documented::capability_names,
                          below(cat(container.pointer, "/linuxParameters/capabilities/", which), i),
                          cat("unknown capability `", name, "`"),
                          near ? cat("did you mean `", *near, "`?") : "write its name without CAP_, as in NET_ADMIN");
    }
  }
}

void task_cpu(const TaskContext& context, Findings& findings) {
  const auto cpu = cpu_of(context.document);
  if (!context.is_fargate && !context.is_windows && cpu && (*cpu < 128 || *cpu > 196608))
    findings.documented(Documented::task_cpu_range, "/cpu", cat("a task cannot have ", *cpu, " CPU units"),
                        "write 128 to 196608, or remove `cpu`");
}

void environment_files(const TaskContext&, const Container& container, Findings& findings) {
  const auto& list = list_of(container.value, "environmentFiles");
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto value = text_of(list[i], "value");
    const auto parts = split(value, ':');
    const bool is_object = parts.size() >= 6 && parts[0] == "arn" && parts[2] == "s3";
    if ((is_object && value.ends_with(".env")) || !placeholder_in(value).empty() ||
        !member_of(list[i], "value").is_string())
      continue;
    findings.documented(Documented::environment_files, below(container.pointer + "/environmentFiles", i) + "/value",
                        cat("`", value, "` is not the ARN of a `.env` file in S3"),
                        "write `arn:aws:s3:::BUCKET/FILE.env`");
  }
}

void windows_task(const TaskContext& context, Findings& findings) {
  if (!context.is_windows) return;
  for (const auto* member : {"pidMode", "ipcMode"})
    if (is_set(member_of(context.document, member)))
      findings.documented(Documented::windows_members, below("", member),
                          cat("Windows containers do not support `", member, "`"), "remove it");
  if (context.network_mode == "host" || context.network_mode == "none")
    findings.documented(Documented::windows_members, "/networkMode",
                        cat("Windows containers cannot have the network mode ", context.network_mode),
                        "remove `networkMode`, or write awsvpc");
}

void windows_container(const TaskContext& context, const Container& container, Findings& findings) {
  if (!context.is_windows) return;
  for (const auto* member : {"links", "linuxParameters", "user", "disableNetworking", "privileged",
                             "readonlyRootFilesystem", "dnsServers", "dnsSearchDomains", "extraHosts", "ulimits"})
    if (is_set(member_of(container.value, member)))
      findings.documented(Documented::windows_members, below(container.pointer, member),
                          cat("Windows containers do not support `", member, "`"), "remove it");
}

constexpr Rule linux_task_rules[]{numbers, sizes, task_cpu, windows_task};
constexpr ContainerRule linux_container_rules[]{least_memory, limits, capabilities, environment_files,
                                                windows_container};

}  // namespace

Rules linux_rules() { return {linux_task_rules, linux_container_rules}; }

}  // namespace lapstrake::aws
