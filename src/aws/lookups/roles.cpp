#include <algorithm>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/aws/lookups/policies.hpp>
#include <lapstrake/aws/lookups/roles.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

Session global(Session session) {
  session.region = global_region(session.region);
  return session;
}

bool names_service(const json& principal, const std::string& service) {
  if (principal.is_string()) return principal == "*";
  const auto& services = member_of(principal, "Service");
  if (services.is_string()) return services == service;
  return services.is_array() && std::find(services.begin(), services.end(), service) != services.end();
}

bool has_assume_role(const json& actions) {
  const auto is_it = [](const json& action) {
    return action == "sts:AssumeRole" || action == "sts:*" || action == "*";
  };
  return actions.is_array() ? std::any_of(actions.begin(), actions.end(), is_it) : is_it(actions);
}

// "arn:aws:sts::1:assumed-role/ci/session" -> "arn:aws:iam::1:role/ci". A path of the role is not in the former.
std::string principal_of(const std::string& arn) {
  const auto at = arn.find(":assumed-role/");
  if (at == std::string::npos) return arn;
  const auto name = arn.substr(at + 14, arn.find('/', at + 14) - at - 14);
  return cat(replace_all(arn.substr(0, at), ":sts:", ":iam:"), ":role/", name);
}

// One call has one list of actions and one of resources, which it combines: so one call for each resource.
std::vector<Permission> denied_on(const Session& session, const std::string& principal, const std::string& resource,
                                  const std::set<std::string>& actions) {
  json input = {{"PolicySourceArn", principal}};
  std::size_t number = 0;
  for (const auto& action : actions) input[cat("ActionNames.member.", ++number)] = action;
  if (resource != "*") input["ResourceArns.member.1"] = resource;
  const auto reply = call_once(session, Service::iam, "SimulatePrincipalPolicy", input);  // else policies are read
  std::vector<Permission> denied;
  for (const auto& result : list_of(reply, "EvaluationResults"))
    if (text_of(result, "EvalDecision") != "allowed")
      denied.push_back({.action = text_of(result, "EvalActionName"), .resource = resource});
  return denied;
}

// The caller may not, or the endpoint has no simulator.
bool cannot_simulate(const Error& error) {
  const auto& code = error.service().code;
  return error.kind() == ErrorKind::access || code == "NoSuchEntity" || code == "InvalidAction" ||
         code == "NotImplemented" || code == "InternalFailure" || code.empty();
}

// From the policies of a role or user.
std::optional<std::vector<Permission>> denied_by_policies(const Session& session, const std::string& principal,
                                                          const std::vector<Permission>& wanted) {
  if (principal.find(":role/") == std::string::npos && principal.find(":user/") == std::string::npos)
    return std::nullopt;
  std::vector<json> policies;
  try {
    for (const auto& text : policies_of(session, principal)) policies.push_back(json::parse(text, nullptr, false));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::access || error.service().code == "NoSuchEntity") return std::nullopt;
    throw;
  }
  std::vector<Permission> denied;
  for (const auto& permission : wanted)
    if (!allows(policies, permission)) denied.push_back(permission);
  return denied;
}

}  // namespace

std::optional<Role> find_role(const Session& session, const std::string& arn) {
  try {
    const auto reply = call(global(session), Service::iam, "GetRole", {{"RoleName", arn.substr(arn.rfind('/') + 1)}});
    const auto& role = member_of(reply, "Role");
    return Role{.arn = text_of(role, "Arn"), .trust = percent_decode(text_of(role, "AssumeRolePolicyDocument"))};
  } catch (const Error& error) {
    if (error.service().code == "NoSuchEntity") return std::nullopt;
    throw;
  }
}

bool trusts(const json& trust_policy, const std::string& service) {
  const auto& statements = member_of(trust_policy, "Statement");
  const auto allows = [&](const json& statement) {
    return text_of(statement, "Effect") == "Allow" && names_service(member_of(statement, "Principal"), service) &&
           has_assume_role(member_of(statement, "Action"));
  };
  return statements.is_array() ? std::any_of(statements.begin(), statements.end(), allows) : allows(statements);
}

std::optional<std::vector<Permission>> denied_permissions(const Session& session, const std::string& principal,
                                                          const std::vector<Permission>& wanted) {
  std::map<std::string, std::set<std::string>> by_resource;
  for (const auto& permission : wanted) by_resource[permission.resource].insert(permission.action);
  std::vector<Permission> denied;
  try {
    for (const auto& [resource, actions] : by_resource)
      for (auto& one : denied_on(global(session), principal_of(principal), resource, actions))
        denied.push_back(std::move(one));
  } catch (const Error& error) {
    if (!cannot_simulate(error)) throw;
    return denied_by_policies(session, principal_of(principal), wanted);
  }
  return denied;
}

}  // namespace lapstrake::aws
