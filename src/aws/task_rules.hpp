// The rules of check(): small functions that check one thing each.
#pragma once
#include <lapstrake/aws/task_definition.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::aws {

struct Container {
  const nlohmann::json& value;
  std::string pointer;  // "/containerDefinitions/0"
  std::string name;     // "number 1" when it has none
  bool is_essential = true;
};

// The document, and the facts about it that most rules need.
struct TaskContext {
  TaskContext(const nlohmann::json& task, const std::map<std::string, ImageFact>& known_images);

  const nlohmann::json& document;
  const std::map<std::string, ImageFact>& images;
  std::vector<Container> containers;
  bool is_fargate = false, is_external = false, is_windows = false;
  std::string network_mode;  // as written; empty if missing

  const Container* find(std::string_view name) const;
};

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

using Rule = void (*)(const TaskContext&, Findings&);
using ContainerRule = void (*)(const TaskContext&, const Container&, Findings&);

struct Rules {
  std::span<const Rule> of_task;
  std::span<const ContainerRule> of_container;
};
Rules shape_rules();      // types, names, images, placeholders, typos
Rules fargate_rules();    // members that Fargate requires and rejects
Rules role_rules();       // roles, secrets, and resources that need a role
Rules container_rules();  // ports, logs, health, sizes, volumes
Rules order_rules();      // dependsOn and essential
Rules platform_rules();   // the images' platforms
Rules image_rules();      // the form of image references
Rules network_rules();    // members per network mode, ports
Rules volume_rules();     // kinds of volumes
Rules linux_rules();      // ranges, capabilities, and limits of Windows
Rules firelens_rules();   // log routers, proxies

// Adds the violations of the model in front of the findings of the rules; each place is reported once.
std::vector<Finding> with_model_violations(const nlohmann::json& document, std::vector<Finding> findings);

// An unfilled placeholder: "<aws_account_id>"; empty if there is none.
std::string placeholder_in(std::string_view text);
// Whether all bytes of a text that is not empty are letters, digits or in `others`.
bool is_word(std::string_view text, std::string_view others);

}  // namespace lapstrake::aws
