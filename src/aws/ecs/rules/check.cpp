#include <lapstrake/aws/ecs/canonical.hpp>
#include <lapstrake/aws/ecs/model.hpp>
#include <lapstrake/aws/ecs/rules/check.hpp>

#include "rules.hpp"

namespace lapstrake::aws {

using nlohmann::json;

std::vector<Finding> check(const json& given, const std::map<std::string, ImageFact>& images) {
  const json document = with_strings(without_nulls(given));  // as it will be registered
  const TaskContext context(document, images);
  Findings findings;
  for (const auto& rules :
       {shape_rules(), image_rules(), platform_rules(), fargate_rules(), role_rules(), order_rules(), container_rules(),
        network_rules(), volume_rules(), linux_rules(), firelens_rules()}) {
    for (const auto rule : rules.of_task) rule(context, findings);
    for (const auto& container : context.containers)
      for (const auto rule : rules.of_container) rule(context, container, findings);
  }
  return with_model_violations(document, std::move(findings).take());
}

}  // namespace lapstrake::aws
