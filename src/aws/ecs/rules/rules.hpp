// The rules of check(): small functions that check one thing each.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <vector>

#include "context.hpp"
#include "findings.hpp"

namespace lapstrake::aws {

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

}  // namespace lapstrake::aws
