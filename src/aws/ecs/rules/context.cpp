#include "context.hpp"

#include <algorithm>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::aws {

using nlohmann::json;

TaskContext::TaskContext(const json& task, const std::map<std::string, ImageFact>& known_images)
    : document(task), images(known_images), network_mode(text_of(task, "networkMode")) {
  const auto& launch = list_of(document, "requiresCompatibilities");
  is_fargate = std::find(launch.begin(), launch.end(), "FARGATE") != launch.end();
  is_external = std::find(launch.begin(), launch.end(), "EXTERNAL") != launch.end();
  is_windows = text_of(member_of(document, "runtimePlatform"), "operatingSystemFamily").starts_with("WINDOWS");
  const auto& list = list_of(document, "containerDefinitions");
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!list[i].is_object()) continue;  // the rule of types says it
    const auto name = text_of(list[i], "name");
    const auto& essential = member_of(list[i], "essential");
    containers.push_back({.value = list[i],
                          .pointer = cat("/containerDefinitions/", i),
                          .name = name.empty() ? cat("number ", i + 1) : name,
                          .is_essential = !essential.is_boolean() || essential.get<bool>()});
  }
}

const Container* TaskContext::find(std::string_view name) const {
  const auto found =
      std::find_if(containers.begin(), containers.end(), [&](const auto& each) { return each.name == name; });
  return found == containers.end() ? nullptr : &*found;
}

}  // namespace lapstrake::aws
