// Calls an AWS API ("AWS JSON 1.1": ECR, ECS; "query": STS): signs, retries, and reports failures with the IAM action.
#pragma once
#include <cstdint>
#include <functional>
#include <lapstrake/aws/credentials.hpp>
#include <lapstrake/aws/endpoint.hpp>
#include <lapstrake/aws/live_credentials.hpp>
#include <lapstrake/aws/retry_quota.hpp>
#include <lapstrake/aws/service.hpp>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/http/message.hpp>
#include <lapstrake/http/retry.hpp>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace lapstrake::aws {

struct Session {
  http::Transport transport;  // plain: neither signing nor retrying
  Credentials credentials;
  std::string region;
  Runtime runtime;  // AWS_ENDPOINT_URL[_ECR|_ECR_PUBLIC|_ECS|_STS], AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT,
                    // AWS_IGNORE_CONFIGURED_ENDPOINT_URLS
  http::RetryNotice notice = nullptr;
  EndpointForm form = {};
  ProfileEndpoints endpoints = {};
  // Supplies credentials in place of `credentials` before they expire, and once per call when AWS reports that they
  // have expired; then the call fails if the search fails or finds the same. Null: `credentials` are all there are.
  std::shared_ptr<LiveCredentials> live = nullptr;
  std::shared_ptr<RetryQuota> quota = nullptr;  // of the run; null: none
  bool is_signed = true;                        // false for AssumeRoleWithWebIdentity, which needs no credentials
};

// `operation` as AWS spells it ("DescribeRepositories"); `input` its members. Retries connection failures, 5xx and
// throttling by code; signs again, once, with the server's clock when ours is more than 4 minutes off (and warns
// through `notice`); asks `live` once for expired credentials. Failures: Error with the AWS code in
// `because` ("AccessDeniedException: ... (request id ...)"); ErrorKind::access for credentials and permission, naming
// the IAM action in `help`; ErrorKind::usage for errors of the client (ClientException,
// InvalidParameterException, ValidationException); ErrorKind::network for the rest.
nlohmann::json call(const Session& session, Service service, std::string_view operation, const nlohmann::json& input);

// One attempt of call(): signed, sent, and signed again when our clock is wrong or the credentials have expired.
// Failures that a new attempt may fix are marked transient.
nlohmann::json call_once(const Session& session, Service service, std::string_view operation,
                         const nlohmann::json& input);

// A request's body as it is sent.
struct RequestBody {
  std::string text;
  std::function<void(std::uint64_t sent)> progress = nullptr;  // bytes of `text`
};
// Gets the body of an error response before it becomes an Error, for members that only this operation has.
using OnErrorResponse = std::function<void(const std::string& body)>;

// call() with a body that is already serialized and is held in memory once. `session` keeps the credentials that were
// reloaded.
nlohmann::json call_with_body(Session& session, Service service, std::string_view operation, RequestBody body,
                              const OnErrorResponse& on_error = nullptr);

// STS GetCallerIdentity: "arn:aws:iam::123456789012:user/ci".
struct Identity {
  std::string account, arn;
};
Identity caller_identity(const Session& session);

}  // namespace lapstrake::aws
