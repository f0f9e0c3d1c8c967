// IAM in the sandbox: roles and managed policies of one account.
#pragma once
#include <lapstrake/sandbox/aws/api.hpp>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "policy.hpp"

namespace lapstrake::sandbox {

struct IamRole {
  std::string name, path = "/", id, description = {}, trust = {};  // trust: the policy's text
  Time created{};
  std::int64_t most_session_seconds = 3600;
  std::map<std::string, std::string> inline_policies = {};  // by name
  std::set<std::string> attached = {};                      // ARNs
};

struct ManagedPolicy {
  std::string arn, name, path, id, document;
  Time created{};
};

class IamState {
 public:
  // With the roles ecsTaskExecutionRole, ecsTaskRole and ecsInstanceRole.
  IamState(std::string account, Time now);

  std::optional<IamRole> find_role(const std::string& name) const;
  // The policies of a role, inline and attached; empty for an unknown role.
  std::vector<nlohmann::json> policies_of(const std::string& role) const;
  std::string arn_of(const IamRole& role) const;
  std::vector<std::string> roles_trusted_by(const std::string& service) const;

  // Operations.
  using Json = nlohmann::json;
  Json create_role(const Json& input, const Caller& caller);
  Json role(const Json& input, const Caller& caller);
  Json list_roles(const Json& input, const Caller& caller);
  Json delete_role(const Json& input, const Caller& caller);
  Json update_trust(const Json& input, const Caller& caller);
  Json put_role_policy(const Json& input, const Caller& caller);
  Json role_policy(const Json& input, const Caller& caller);
  Json delete_role_policy(const Json& input, const Caller& caller);
  Json list_role_policies(const Json& input, const Caller& caller);
  Json attach_role_policy(const Json& input, const Caller& caller);
  Json detach_role_policy(const Json& input, const Caller& caller);
  Json list_attached_policies(const Json& input, const Caller& caller);
  Json create_policy(const Json& input, const Caller& caller);
  Json policy(const Json& input, const Caller& caller);
  Json policy_version(const Json& input, const Caller& caller);
  Json simulate(const Json& input, const Caller& caller);

 private:
  IamRole& role_called(const std::string& name);
  ManagedPolicy& policy_called(const std::string& arn);
  std::vector<Json> policies_of(const IamRole& role) const;
  Json shown_role(const IamRole& role) const;
  Json shown_policy(const ManagedPolicy& policy) const;

  std::string account_;
  mutable std::mutex mutex_;
  std::map<std::string, IamRole> roles_;
  std::map<std::string, ManagedPolicy> policies_;
};

}  // namespace lapstrake::sandbox
