// Collects the findings of the rules.
#pragma once
#include <lapstrake/base/finding.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lapstrake::aws {

// Rules of AWS's reference that ECS is not known to enforce. They can be ignored by name.
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

class Findings {
 public:
  void error(std::string pointer, std::string message, std::string help);
  void warning(std::string pointer, std::string message, std::string help);
  // An error that can be ignored.
  void documented(Documented rule, std::string pointer, std::string message, std::string help);
  std::vector<Finding> take() && { return std::move(found_); }

 private:
  std::vector<Finding> found_;
};

}  // namespace lapstrake::aws
