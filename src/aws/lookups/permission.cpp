#include <lapstrake/aws/lookups/permission.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace lapstrake::aws {

nlohmann::ordered_json statements_for(const std::vector<Permission>& permissions) {
  std::map<std::string, std::set<std::string>> by_resource;
  for (const auto& permission : permissions) by_resource[permission.resource].insert(permission.action);
  std::map<std::set<std::string>, std::set<std::string>> by_actions;
  for (const auto& [resource, actions] : by_resource) by_actions[actions].insert(resource);
  auto statements = nlohmann::ordered_json::array();
  for (const auto& [actions, resources] : by_actions)
    statements.push_back({{"Effect", "Allow"}, {"Action", actions}, {"Resource", resources}});
  return statements;
}

}  // namespace lapstrake::aws
