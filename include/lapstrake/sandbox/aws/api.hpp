// The AWS APIs: checks the signature (Signature Version 4), runs the operation, formats responses as JSON or XML.
#pragma once
#include <functional>
#include <lapstrake/sandbox/aws/access_keys.hpp>
#include <lapstrake/sandbox/aws/api_failure.hpp>
#include <lapstrake/sandbox/net/clock.hpp>
#include <lapstrake/sandbox/net/hosts.hpp>
#include <lapstrake/sandbox/net/message.hpp>
#include <lapstrake/sandbox/registry/permissions.hpp>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace lapstrake::sandbox {

struct QueryService;

struct Caller {
  std::string account, region;
  Time now;
  std::string principal = {}, user_id = {}, role = {};  // empty: the sandbox's user
  std::string arn() const { return principal.empty() ? user_arn(account) : principal; }
};

// By name: "RegisterTaskDefinition".
using Operation = std::function<nlohmann::json(const nlohmann::json& input, const Caller& caller)>;
using Operations = std::map<std::string, Operation>;

struct ApiOptions {
  std::shared_ptr<AccessKeys> keys;
  std::string account;
  std::map<std::string, Operations> services;  // by signing name
  Denies denies;                               // IAM actions that the fault script denies
  // Whether the policies of an assumed role allow an action.
  std::function<bool(const std::string& account, const std::string& role, const std::string& action)> role_allows =
      nullptr;
};

class Api {
 public:
  explicit Api(ApiOptions options) : options_(std::move(options)) {}

  // `host`: nothing for loopback names; then the service and region come from the request.
  Response respond(const RequestHead& head, const std::string& body, const std::optional<AwsHost>& host,
                   Time now) const;

 private:
  Response respond_json(const RequestHead& head, const std::string& body, const std::optional<AwsHost>& host,
                        Time now) const;
  Response respond_query(const RequestHead& head, const std::string& body, const QueryService& service,
                         const std::optional<AwsHost>& host, Time now) const;
  Caller permitted_caller(const RequestHead& head, const std::string& body, const QueryService& service,
                          const std::string& action, const std::optional<AwsHost>& host, Time now) const;
  Caller authenticate(const RequestHead& head, const std::string& body, const std::string& service,
                      const std::optional<AwsHost>& host, Time now) const;
  void check_permission(const Caller& caller, const std::string& action, const std::string& resource) const;

  ApiOptions options_;
};

// The response to this call for an error.
Response api_failure(const RequestHead& head, const ApiFailure& failure);

// The operation of a request: "RegisterTaskDefinition"; empty when it is not an API call.
std::string operation_of(const RequestHead& head, const std::string& body);
bool is_api_call(const RequestHead& head);

}  // namespace lapstrake::sandbox
