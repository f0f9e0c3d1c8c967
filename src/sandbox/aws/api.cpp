#include <lapstrake/aws/sign.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/api.hpp>
#include <lapstrake/sandbox/net/clock.hpp>

#include <nlohmann/json.hpp>

#include "input.hpp"

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

std::string xml_text(std::string_view text) {
  std::string out = replace_all(std::string(text), "&", "&amp;");
  return replace_all(replace_all(std::move(out), "<", "&lt;"), ">", "&gt;");
}

// The elements of an object, its members in their order.
std::string xml_of(const nlohmann::ordered_json& value) {
  if (!value.is_object()) return xml_text(value.get<std::string>());
  std::string out;
  for (const auto& [name, inner] : value.items()) out += cat("<", name, ">", xml_of(inner), "</", name, ">");
  return out;
}

// STS answers in XML unless the client accepts JSON, in which an error has no root.
Response sts_response(const RequestHead& head, int status, const std::string& root, nlohmann::ordered_json document) {
  const std::string id = uuid();
  const bool is_error = status != 200;
  if (is_error)
    document["RequestId"] = id;
  else
    document["ResponseMetadata"] = {{"RequestId", id}};
  const bool as_json = head.headers.find("Accept").value_or("") == "application/json";
  Response response{.status = status, .headers = {{"x-amzn-RequestId", id}}};
  response.headers.set("Content-Type", as_json ? "application/json" : "text/xml");
  if (as_json)
    response.body = (is_error ? document : nlohmann::ordered_json{{root, document}}).dump();
  else
    response.body =
        cat("<", root, " xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">", xml_of(document), "</", root, ">\n");
  return response;
}

// STS uses other error names and statuses than the JSON services.
ApiFailure as_sts(ApiFailure failure) {
  for (const auto& [json, query] :
       {std::pair{"InvalidSignatureException", "SignatureDoesNotMatch"},
        std::pair{"UnrecognizedClientException", "InvalidClientTokenId"},
        std::pair{"MissingAuthenticationTokenException", "MissingAuthenticationToken"},
        std::pair{"ExpiredTokenException", "ExpiredToken"}, std::pair{"ThrottlingException", "Throttling"},
        std::pair{"IncompleteSignatureException", "IncompleteSignature"}})
    if (failure.code == json)
      return {query, failure.message,
              failure.code == "IncompleteSignatureException" || failure.code == "ThrottlingException" ? 400 : 403};
  return failure;
}

Response sts_failure(const RequestHead& head, const ApiFailure& failure) {
  const auto own = as_sts(failure);
  return sts_response(head, own.status, "ErrorResponse",
                      {{"Error", {{"Type", "Sender"}, {"Code", own.code}, {"Message", own.message}}}});
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

bool is_form(const RequestHead& head) {
  return head.headers.find("Content-Type").value_or("").starts_with("application/x-www-form-urlencoded");
}

}  // namespace

AccessKey new_access_key() {
  constexpr std::string_view capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return {"AKIA" + random_text(16, capitals), random_text(40, letters)};
}

Api::Api(AccessKey key, std::string account, std::map<std::string, Operations> services, Denies denies)
    : key_(std::move(key)), account_(std::move(account)), services_(std::move(services)), denies_(std::move(denies)) {}

Response api_failure(const RequestHead& head, const ApiFailure& failure) {
  return is_form(head) ? sts_failure(head, failure) : json_failure(failure);
}

Response Api::respond(const RequestHead& head, const std::string& body, const std::optional<AwsHost>& host,
                      Time now) const {
  const bool sts = host ? host->service == "sts" : is_form(head);
  try {
    return sts ? respond_sts(head, body, host, now) : respond_json(head, body, host, now);
  } catch (const ApiFailure& failure) {
    return sts ? sts_failure(head, failure) : json_failure(failure);
  }
}

std::string Api::authenticate(const RequestHead& head, const std::string& body, const std::string& service,
                              const std::optional<AwsHost>& host, Time now) const {
  if (!head.headers.find("Authorization"))
    throw ApiFailure{"MissingAuthenticationTokenException", "Missing Authentication Token"};
  const auto signed_request = aws::read_signed_request(head.headers);
  if (!signed_request)
    throw ApiFailure{"IncompleteSignatureException",
                     "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters, and an "
                     "X-Amz-Date of the same day."};
  if (signed_request->access_key_id != key_.id || !signed_request->session_token.empty())
    throw ApiFailure{"UnrecognizedClientException", "The security token included in the request is invalid."};
  check_date(*signed_request, now);
  if (signed_request->service != service)
    throw ApiFailure{"InvalidSignatureException",
                     cat("Credential should be scoped to correct service: '", service, "'.")};
  if (host && host->region != signed_request->region)
    throw ApiFailure{"InvalidSignatureException",
                     cat("Credential should be scoped to a valid region, not '", signed_request->region, "'.")};
  check_signed_headers(head, *signed_request);
  if (!aws::verify(as_request(head, body), *signed_request, key_.secret))
    throw ApiFailure{"InvalidSignatureException",
                     "The request signature we calculated does not match the signature you provided. Check your AWS "
                     "Secret Access Key and signing method. Consult the service documentation for details."};
  return signed_request->region;
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
  const std::string region = authenticate(head, body, service, host, now);
  const auto& operations = services_.at(service);
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
    const Caller caller{.account = account_, .region = region, .now = now};
    if (const auto action = cat(service, ":", operation->first); denies_(action))
      throw ApiFailure{"AccessDeniedException", not_authorized(caller.arn(), action, resource_of(input, caller))};
    return json_response(200, operation->second(input, caller));
  } catch (const Json::exception&) {
    throw ApiFailure{"SerializationException", "Unexpected field type"};
  }
}

Response Api::respond_sts(const RequestHead& head, const std::string& body, const std::optional<AwsHost>& host,
                          Time now) const {
  const std::string parameters = head.method == "POST" ? body : head.query;
  const Caller caller{.account = account_, .region = authenticate(head, body, "sts", host, now), .now = now};
  const std::string action = query_value(parameters, "Action");
  if (action != "GetCallerIdentity")
    throw ApiFailure{"InvalidAction", cat("Could not find operation ", printable(action, 100), " for version ",
                                          printable(query_value(parameters, "Version"), 20))};
  return sts_response(head, 200, "GetCallerIdentityResponse",
                      {{"GetCallerIdentityResult",
                        {{"Arn", caller.arn()}, {"UserId", "AIDASANDBOXSANDBOX234"}, {"Account", account_}}}});
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
