// The cpu and memory of a task, and the sizes that Fargate supports.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::aws {

// CPU units: "1024", "1 vCPU", ".25vcpu". Nothing for anything else.
std::optional<std::int64_t> cpu_units(std::string_view text);
// MiB: "2048", "2 GB", "0.5GB".
std::optional<std::int64_t> memory_mib(std::string_view text);
// The member of the document (a string or a number), in units.
std::optional<std::int64_t> cpu_of(const nlohmann::json& document);
std::optional<std::int64_t> memory_of(const nlohmann::json& document);

struct TaskSize {
  std::int64_t cpu = 0, memory = 0;
  bool operator==(const TaskSize&) const = default;
};
bool is_fargate_size(TaskSize size, bool windows);
// The smallest valid size that holds both, else the largest.
TaskSize nearest_fargate_size(TaskSize size, bool windows);
// "256 allows 512, 1024 or 2048": the valid memory sizes for this cpu; empty when the cpu itself is invalid.
std::string fargate_memories(std::int64_t cpu, bool windows);

}  // namespace lapstrake::aws
