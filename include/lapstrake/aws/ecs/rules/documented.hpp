// The rules that only AWS's reference states: they can be ignored by name.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::aws {

// ECS is not known to enforce them.
enum class Documented {
  awslogs_options,
  capability_names,
  efs_access_point_root,
  ephemeral_storage_size,
  environment_files,
  external_network_mode,
  fargate_members,
  firelens_routers,
  health_check_ranges,
  image_digest,
  member_ranges,
  network_mode_members,
  port_names,
  port_protocols,
  port_ranges,
  proxy_container,
  stop_timeout,
  task_cpu_range,
  volume_kinds,
  volume_names,
  windows_members,
};
std::string_view name_of(Documented rule);
// All names, sorted.
std::vector<std::string> ignorable_rules();

}  // namespace lapstrake::aws
