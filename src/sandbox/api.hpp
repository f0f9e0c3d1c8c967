// The AWS APIs: who may call (Signature Version 4), which operation, and AWS's two ways to tell a failure.
#pragma once
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "hosts.hpp"
#include "logins.hpp"
#include "message.hpp"

namespace lapstrake::sandbox {

// Thrown by operations: what AWS answers in place of a result.
struct ApiFailure {
  std::string code, message;  // "ClientException"
  int status = 400;
  std::string members = {};  // what the operation adds, a JSON object's text
};
[[noreturn]] inline void refuse(std::string message) { throw ApiFailure{"ClientException", std::move(message)}; }

inline std::string user_arn(const std::string& account) { return "arn:aws:iam::" + account + ":user/sandbox"; }

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
  using Denies = std::function<bool(std::string_view action)>;
  // `services`: by the name that their calls are signed for; `denies`: what the caller's policies lack.
  Api(AccessKey key, std::string account, std::map<std::string, Operations> services, Denies denies);

  // `host`: nothing for loopback names; then the request itself says which service and region it means.
  Answer answer(const Head& head, const std::string& body, const std::optional<AwsHost>& host, Time now) const;

 private:
  Answer answer_json(const Head& head, const std::string& body, const std::optional<AwsHost>& host, Time now) const;
  Answer answer_sts(const Head& head, const std::string& body, const std::optional<AwsHost>& host, Time now) const;
  // The region that the caller means.
  std::string authenticate(const Head& head, const std::string& body, const std::string& service,
                           const std::optional<AwsHost>& host, Time now) const;

  AccessKey key_;
  std::string account_;
  std::map<std::string, Operations> services_;
  Denies denies_;
};

// What AWS answers to this call in place of a result.
Answer api_failure(const Head& head, const ApiFailure& failure);

// "User: ... is not authorized to perform: ecr:PutImage on resource: ... because ..."
std::string not_authorized(const std::string& user, std::string_view action, const std::string& resource);

// What the request calls: "RegisterTaskDefinition"; empty when it is no API call.
std::string operation_of(const Head& head, const std::string& body);
bool is_api_call(const Head& head);

}  // namespace lapstrake::sandbox
