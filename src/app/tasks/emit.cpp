#include <algorithm>
#include <cctype>
#include <lapstrake/app/tasks/emit.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::app {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// Members whose own members are names that the user chose, not properties.
bool is_map(const std::string& name) {
  return name == "dockerLabels" || name == "options" || name == "driverOpts" || name == "labels";
}

// CloudFormation spells the members of ECS with a capital letter.
json capitalized(const json& value) {
  if (value.is_array()) {
    auto out = json::array();
    for (const auto& one : value) out.push_back(capitalized(one));
    return out;
  }
  if (!value.is_object()) return value;
  auto out = json::object();
  for (const auto& [name, inner] : value.items()) {
    auto spelled = name;
    if (!spelled.empty()) spelled[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(spelled[0])));
    out[spelled] = is_map(name) ? inner : capitalized(inner);
  }
  return out;
}

// The logical id of a resource has letters and digits only.
std::string logical_id(const std::string& family) {
  std::string out = "TaskDefinition";
  for (const char c : family)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) out += c;
  return out;
}

}  // namespace

std::string image_definitions(const std::string& task_definition) {
  const auto document = json::parse(task_definition);
  auto out = ordered_json::array();
  for (const auto& container : aws::list_of(document, "containerDefinitions"))
    out.push_back({{"name", aws::text_of(container, "name")}, {"imageUri", aws::text_of(container, "image")}});
  return out.dump(2);
}

std::string image_detail(const std::string& task_definition) {
  const auto document = json::parse(task_definition);
  const auto& containers = aws::list_of(document, "containerDefinitions");
  if (containers.empty()) throw Error(ErrorKind::usage, "the task has no container");
  return ordered_json{{"ImageURI", aws::text_of(containers[0], "image")}}.dump(2);
}

std::string app_spec(const spec::Service& service) {
  const auto document = json::parse(service.document);
  const auto& balancers = aws::list_of(document, "loadBalancers");
  if (balancers.empty())
    throw Error(ErrorKind::usage, cat("the service `", service.name, "` has no load balancer, which CodeDeploy needs"),
                "add `loadBalancers:` to the service");
  ordered_json properties = {{"TaskDefinition", "<TASK_DEFINITION>"},
                             {"LoadBalancerInfo",
                              {{"ContainerName", aws::text_of(balancers[0], "containerName")},
                               {"ContainerPort", aws::member_of(balancers[0], "containerPort")}}}};
  for (const auto* name : {"platformVersion", "networkConfiguration", "capacityProviderStrategy"})
    if (document.contains(name)) properties.update(ordered_json(capitalized({{name, document[name]}})));
  return ordered_json{{"version", 0.0},
                      {"Resources", {{{"TargetService", {{"Type", "AWS::ECS::Service"}, {"Properties", properties}}}}}}}
      .dump(2);
}

std::string cloudformation(const std::string& task_definition) {
  const auto document = json::parse(task_definition);
  const auto id = logical_id(aws::text_of(document, "family"));
  return ordered_json{
      {"AWSTemplateFormatVersion", "2010-09-09"},
      {"Resources", {{id, {{"Type", "AWS::ECS::TaskDefinition"}, {"Properties", capitalized(document)}}}}},
      {"Outputs", {{"TaskDefinitionArn", {{"Value", {{"Ref", id}}}}}}}}
      .dump(2);
}

}  // namespace lapstrake::app
