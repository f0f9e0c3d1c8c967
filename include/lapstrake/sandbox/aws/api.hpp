// The AWS APIs: checks the signature (Signature Version 4), runs the operation, formats responses as JSON or XML.
#pragma once
#include <functional>
#include <lapstrake/sandbox/aws/api_failure.hpp>
#include <lapstrake/sandbox/net/clock.hpp>
#include <lapstrake/sandbox/net/hosts.hpp>
#include <lapstrake/sandbox/net/message.hpp>
#include <lapstrake/sandbox/registry/permissions.hpp>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace lapstrake::sandbox {

struct AccessKey {
  std::string id, secret;
};
AccessKey new_access_key();  // "AKIA" and 16 characters; 40 characters

struct Caller {
  std::string account, region;
  Time now;
  std::string arn() const { return user_arn(account); }
};

// By name: "RegisterTaskDefinition".
using Operation = std::function<nlohmann::json(const nlohmann::json& input, const Caller& caller)>;
using Operations = std::map<std::string, Operation>;

class Api {
 public:
  // `services`: by signing name; `denies`: IAM actions that the caller's policies do not allow.
  Api(AccessKey key, std::string account, std::map<std::string, Operations> services, Denies denies);

  // `host`: nothing for loopback names; then the service and region come from the request.
  Response respond(const RequestHead& head, const std::string& body, const std::optional<AwsHost>& host,
                   Time now) const;

 private:
  Response respond_json(const RequestHead& head, const std::string& body, const std::optional<AwsHost>& host,
                        Time now) const;
  Response respond_sts(const RequestHead& head, const std::string& body, const std::optional<AwsHost>& host,
                       Time now) const;
  // Returns the region of the request.
  std::string authenticate(const RequestHead& head, const std::string& body, const std::string& service,
                           const std::optional<AwsHost>& host, Time now) const;

  AccessKey key_;
  std::string account_;
  std::map<std::string, Operations> services_;
  Denies denies_;
};

// The response to this call for an error.
Response api_failure(const RequestHead& head, const ApiFailure& failure);

// The operation of a request: "RegisterTaskDefinition"; empty when it is not an API call.
std::string operation_of(const RequestHead& head, const std::string& body);
bool is_api_call(const RequestHead& head);

}  // namespace lapstrake::sandbox
