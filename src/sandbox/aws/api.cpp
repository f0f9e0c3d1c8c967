#include <lapstrake/aws/sign.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/api.hpp>
#include <lapstrake/sandbox/net/clock.hpp>

#include <nlohmann/json.hpp>

#include "input.hpp"
#include "query_protocol.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr auto window = std::chrono::minutes(5);

// X-Amz-Target's prefixes (botocore's service models).
constexpr std::pair<std::string_view, std::string_view> prefixes[] = {
    {"AmazonEC2ContainerRegistry_V20150921", "ecr"},
    {"SpencerFrontendService", "ecr-public"},
    {"AmazonEC2ContainerServiceV20141113", "ecs"},
    {"Logs_20140328", "logs"},
    {"AmazonSSM", "ssm"},
    {"secretsmanager", "secretsmanager"},
    {"AnyScaleFrontendService", "application-autoscaling"}};

Response json_response(int status, const Json& document) {
  return {.status = status,
          .headers = {{"x-amzn-RequestId", uuid()}, {"Content-Type", "application/x-amz-json-1.1"}},
          .body = document.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

// Errors of the common front end of AWS's JSON services have a prefix in __type; errors of the service have none.
bool is_front_end_error(const std::string& code) {
  for (const std::string_view known :
       {"InvalidSignatureException", "UnrecognizedClientException", "MissingAuthenticationTokenException",
        "IncompleteSignatureException", "UnknownOperationException", "SerializationException", "ExpiredTokenException",
        "ThrottlingException"})
    if (code == known) return true;
  return false;
}

Response json_failure(const ApiFailure& failure) {
  Json document = failure.members.empty() ? Json::object() : Json::parse(failure.members);
  document.update({{"__type", (is_front_end_error(failure.code) ? "com.amazon.coral.service#" : "") + failure.code}});
  if (!failure.message.empty()) document["message"] = failure.message;
  return json_response(failure.status, document);
}

void check_date(const aws::SignedRequest& signed_request, Time now) {
  const auto signed_at = parse_basic_time(signed_request.date);
  if (!signed_at) throw ApiFailure{"IncompleteSignatureException", "Date must be in ISO-8601 'basic format'."};
  const std::string at = signed_request.date, today = basic_time(now);
  if (*signed_at < now - window)
    throw ApiFailure{"InvalidSignatureException", cat("Signature expired: ", at, " is now earlier than ",
                                                      basic_time(now - window), " (", today, " - 5 min.)")};
  if (*signed_at > now + window)
    throw ApiFailure{"InvalidSignatureException", cat("Signature not yet current: ", at, " is still later than ",
                                                      basic_time(now + window), " (", today, " + 5 min.)")};
}

void check_signed_headers(const RequestHead& head, const aws::SignedRequest& signed_request) {
  for (const auto& [name, value] : head.headers) {
    const std::string small = lower(name);
    if (!small.starts_with("x-amz-") && small != "host") continue;
    if (std::find(signed_request.signed_headers.begin(), signed_request.signed_headers.end(), small) ==
        signed_request.signed_headers.end())
      throw ApiFailure{"InvalidSignatureException",
                       cat("'", small, "' must be a 'SignedHeader' in the AWS Authorization.")};
  }
}

http::Request as_request(const RequestHead& head, const std::string& body) {
  http::Request request{.method = head.method, .headers = head.headers, .body = body};
  request.url = {.scheme = "https", .host = head.host, .port = head.port, .path = head.path, .query = head.query};
  return request;
}

// Of a statement that would allow the call.
std::string resource_of(const Json& input, const Caller& caller) {
  auto name = text_member(input, "repositoryName");
  if (const auto names = texts_member(input, "repositoryNames"); names.size() == 1) name = names[0];
  const auto registry = text_member(input, "registryId");
  return name.empty() ? "*"
                      : cat("arn:aws:ecr:", caller.region, ":", registry.empty() ? caller.account : registry,
                            ":repository/", name);
}

}  // namespace

Response api_failure(const RequestHead& head, const ApiFailure& failure) {
  if (!is_form(head)) return json_failure(failure);
  const auto host = parse_aws_host(head.host);
  const auto* found = host ? query_service(host->service) : nullptr;
  const auto& service = found == nullptr ? *query_service("sts") : *found;
  return query_failure(head, service, as_query_failure(failure, service));
}

Response Api::respond(const RequestHead& head, const std::string& body, const std::optional<AwsHost>& host,
                      Time now) const {
  const QueryService* query = nullptr;
  if (host) query = query_service(host->service);
  if (!host && is_form(head)) query = query_service_of_version(query_value(body, "Version"));
  if (!host && is_form(head) && query == nullptr) query = query_service("sts");
  try {
    return query != nullptr ? respond_query(head, body, *query, host, now) : respond_json(head, body, host, now);
  } catch (const ApiFailure& failure) {
    return query != nullptr ? query_failure(head, *query, failure) : json_failure(failure);
  }
}

Caller Api::authenticate(const RequestHead& head, const std::string& body, const std::string& service,
                         const std::optional<AwsHost>& host, Time now) const {
  if (!head.headers.find("Authorization"))
    throw ApiFailure{"MissingAuthenticationTokenException", "Missing Authentication Token"};
  const auto signed_request = aws::read_signed_request(head.headers);
  if (!signed_request)
    throw ApiFailure{"IncompleteSignatureException",
                     "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters, and an "
                     "X-Amz-Date of the same day."};
  const auto principal = options_.keys->find(signed_request->access_key_id);
  if (!principal || principal->session_token != signed_request->session_token)
    throw ApiFailure{"UnrecognizedClientException", "The security token included in the request is invalid."};
  check_date(*signed_request, now);
  if (signed_request->service != service)
    throw ApiFailure{"InvalidSignatureException",
                     cat("Credential should be scoped to correct service: '", service, "'.")};
  if (host && host->region != signed_request->region)
    throw ApiFailure{"InvalidSignatureException",
                     cat("Credential should be scoped to a valid region, not '", signed_request->region, "'.")};
  check_signed_headers(head, *signed_request);
  if (!aws::verify(as_request(head, body), *signed_request, principal->key.secret))
    throw ApiFailure{"InvalidSignatureException",
                     "The request signature we calculated does not match the signature you provided. Check your AWS "
                     "Secret Access Key and signing method. Consult the service documentation for details."};
  if (principal->expires && *principal->expires <= now)
    throw ApiFailure{"ExpiredTokenException", "The security token included in the request is expired"};
  return {.account = options_.account,
          .region = signed_request->region,
          .now = now,
          .principal = principal->arn,
          .user_id = principal->user_id,
          .role = principal->role};
}

void Api::check_permission(const Caller& caller, const std::string& action, const std::string& resource) const {
  const bool role_denies =
      !caller.role.empty() && options_.role_allows && !options_.role_allows(caller.account, caller.role, action);
  if (options_.denies(action) || role_denies)
    throw ApiFailure{"AccessDeniedException", not_authorized(caller.arn(), action, resource)};
}

Response Api::respond_json(const RequestHead& head, const std::string& body, const std::optional<AwsHost>& host,
                           Time now) const {
  const std::string target = head.headers.find("X-Amz-Target").value_or("");
  const auto dot = target.find('.');
  std::string service = host ? host->service : "";
  bool known = false;
  for (const auto& [prefix, name] : prefixes)
    if (target.substr(0, dot) == prefix && (service.empty() || service == name)) {
      service = name;
      known = true;
    }
  if (head.method != "POST" || head.path != "/" || service.empty())
    throw ApiFailure{"UnknownOperationException", "", 404};
  const auto caller = authenticate(head, body, service, host, now);
  const auto& operations = options_.services.at(service);
  const auto operation = operations.find(dot == std::string::npos ? "" : target.substr(dot + 1));
  if (!known || operation == operations.end()) throw ApiFailure{"UnknownOperationException", ""};
  Json input = Json::object();
  try {
    if (!trim(body).empty()) input = parse_json(body, "the request", {.most_bytes = most_call_bytes});
  } catch (const Error&) {
    throw ApiFailure{"SerializationException", ""};
  }
  try {
    check_structure(input);
    check_permission(caller, cat(service, ":", operation->first), resource_of(input, caller));
    return json_response(200, operation->second(input, caller));
  } catch (const Json::exception&) {
    throw ApiFailure{"SerializationException", "Unexpected field type"};
  }
}

Caller Api::permitted_caller(const RequestHead& head, const std::string& body, const QueryService& service,
                             const std::string& action, const std::optional<AwsHost>& host, Time now) const {
  // The token of the identity provider takes the place of a signature.
  if (service.name == "sts" && action == "AssumeRoleWithWebIdentity")
    return {.account = options_.account, .region = host ? host->region : "us-east-1", .now = now};
  try {
    auto caller = authenticate(head, body, std::string(service.name), host, now);
    if (action != "GetCallerIdentity") check_permission(caller, cat(service.name, ":", action), "*");
    return caller;
  } catch (const ApiFailure& failure) {
    throw as_query_failure(failure, service);
  }
}

Response Api::respond_query(const RequestHead& head, const std::string& body, const QueryService& service,
                            const std::optional<AwsHost>& host, Time now) const {
  const std::string& parameters = head.method == "POST" ? body : head.query;
  const std::string action = query_value(parameters, "Action");
  const auto caller = permitted_caller(head, body, service, action, host, now);
  const auto& operations = options_.services.at(std::string(service.name));
  const auto operation = operations.find(action);
  if (operation == operations.end())
    throw ApiFailure{"InvalidAction", cat("Could not find operation ", printable(action, 100), " for version ",
                                          printable(query_value(parameters, "Version"), 20))};
  try {
    return query_response(head, service, action, operation->second(parse_form(parameters), caller));
  } catch (const Json::exception&) {
    throw ApiFailure{"ValidationError", "A parameter has the wrong structure."};
  } catch (const ApiFailure& failure) {
    if (failure.code != "SerializationException") throw;
    throw as_query_failure(failure, service);
  }
}

std::string operation_of(const RequestHead& head, const std::string& body) {
  if (is_form(head)) return query_value(body, "Action");
  const std::string target = head.headers.find("X-Amz-Target").value_or("");
  const auto dot = target.find('.');
  return dot == std::string::npos ? std::string() : target.substr(dot + 1);
}

bool is_api_call(const RequestHead& head) {
  return head.path == "/" && (is_form(head) || head.headers.find("X-Amz-Target"));
}

}  // namespace lapstrake::sandbox
