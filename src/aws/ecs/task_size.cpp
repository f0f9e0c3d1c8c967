#include <lapstrake/aws/ecs/task_size.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

struct Row {
  std::int64_t cpu, least, most, step;
  bool windows;
};
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
constexpr std::array<Row, 7> fargate{{{256, 512, 2048, 0, false},  // 512, 1024, 2048
                                      {512, 1024, 4096, 1024, false},
                                      {1024, 2048, 8192, 1024, true},
                                      {2048, 4096, 16384, 1024, true},
                                      {4096, 8192, 30720, 1024, true},
                                      {8192, 16384, 61440, 4096, false},
                                      {16384, 32768, 122880, 8192, false}}};

// The smallest memory of this row that is not less than `wanted`.
std::optional<std::int64_t> memory_from(const Row& row, std::int64_t wanted) {
  for (std::int64_t memory = row.least; memory <= row.most; memory = row.step == 0 ? memory * 2 : memory + row.step)
    if (memory >= wanted) return memory;
  return std::nullopt;
}

// "1", ".5", "0.25" without the locale.
std::optional<double> decimal(std::string_view text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (failure != std::errc() || end != text.data() + text.size() || value < 0 || value > 1e6) return std::nullopt;
  return value;
}

// "N" as it is, "X unit" times 1024.
std::optional<std::int64_t> scaled(std::string_view text, std::string_view unit) {
  const std::string word = lower(trim(text));
  if (const auto plain = parse_integer(word)) return *plain > 0 ? plain : std::nullopt;
  if (!word.ends_with(unit)) return std::nullopt;
  const auto number = decimal(trim(std::string_view(word).substr(0, word.size() - unit.size())));
  if (!number || *number <= 0) return std::nullopt;
  return static_cast<std::int64_t>(std::llround(*number * 1024));
}

std::string member_text(const json& document, const char* name) {
  const auto value = as_string(member_of(document, name));
  return value.is_string() ? value.get<std::string>() : "";
}

}  // namespace

std::optional<std::int64_t> cpu_units(std::string_view text) { return scaled(text, "vcpu"); }
std::optional<std::int64_t> memory_mib(std::string_view text) { return scaled(text, "gb"); }
std::optional<std::int64_t> cpu_of(const json& document) { return cpu_units(member_text(document, "cpu")); }
std::optional<std::int64_t> memory_of(const json& document) { return memory_mib(member_text(document, "memory")); }

bool is_fargate_size(TaskSize size, bool windows) { return nearest_fargate_size(size, windows) == size; }

TaskSize nearest_fargate_size(TaskSize size, bool windows) {
  TaskSize largest;
  for (const auto& row : fargate) {
    if (windows && !row.windows) continue;
    largest = {row.cpu, row.most};
    if (row.cpu < size.cpu) continue;
    if (const auto memory = memory_from(row, size.memory)) return {row.cpu, *memory};
  }
  return largest;
}

std::string fargate_memories(std::int64_t cpu, bool windows) {
  for (const auto& row : fargate) {
    if (row.cpu != cpu || (windows && !row.windows)) continue;
    if (row.step == 0) return cat(cpu, " allows 512, 1024 or 2048");
    return cat(cpu, " allows ", row.least, " to ", row.most, " in steps of ", row.step);
  }
  return "";
}

}  // namespace lapstrake::aws
