// Reads the members that most inputs of ECR's API have.
#pragma once
#include <lapstrake/sandbox/aws/api.hpp>
#include <lapstrake/sandbox/registry/repositories.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace lapstrake::sandbox {

// InvalidParameterException, in ECR's words.
ApiFailure invalid(std::string_view parameter, std::string_view constraint);
ApiFailure repository_not_found(const std::string& name, const std::string& account);
// Members of an input; both throw ApiFailure for invalid values.
std::string repository_name(const nlohmann::json& input);
std::string registry_id(const nlohmann::json& input, const Caller& caller);

// Runs `act` with the registry and the repository of the input.
template <class Act>
nlohmann::json with_repository(Repositories& repositories, const nlohmann::json& input, const Caller& caller,
                               Act&& act) {
  const std::string name = repository_name(input), account = registry_id(input, caller);
  return repositories.with(account, caller.region, [&](auto& registry) {
    const auto found = registry.find(name);
    if (found == registry.end()) throw repository_not_found(name, account);
    return act(registry, found->second);
  });
}

}  // namespace lapstrake::sandbox
