// The document that rules check, and the facts about it that most rules need.
#pragma once
#include <lapstrake/aws/ecs/rules/image_fact.hpp>
#include <map>
#include <nlohmann/json.hpp>
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

struct TaskContext {
  TaskContext(const nlohmann::json& task, const std::map<std::string, ImageFact>& known_images);

  const nlohmann::json& document;
  const std::map<std::string, ImageFact>& images;
  std::vector<Container> containers;
  bool is_fargate = false, is_external = false, is_windows = false;
  std::string network_mode;  // as written; empty if missing

  const Container* find(std::string_view name) const;
};

}  // namespace lapstrake::aws
