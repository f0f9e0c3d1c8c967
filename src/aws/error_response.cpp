#include "error_response.hpp"

#include <algorithm>
#include <array>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/retry.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

// "com.amazon.coral.service#AccessDeniedException" and "UnrecognizedClientException:http://..." without their
// trimmings.
std::string bare_code(std::string_view code) {
  code = trim(code.substr(0, code.find(':')));
  const auto hash = code.rfind('#');
  return std::string(hash == std::string_view::npos ? code : code.substr(hash + 1));
}

std::string text_member(const nlohmann::json& object, std::initializer_list<const char*> names) {
  if (!object.is_object()) return "";
  for (const auto* name : names)
    if (const auto found = object.find(name); found != object.end() && found->is_string()) return *found;
  return "";
}

void read_json(const std::string& body, ErrorResponse& response) {
  try {
    const nlohmann::json reply = parse_json(body, "the reply");
    if (!reply.is_object()) return;
    const auto& error = reply.contains("Error") ? reply["Error"] : reply;  // STS nests it
    response.code = bare_code(text_member(error, {"__type", "code", "Code"}));
    response.message = text_member(error, {"message", "Message", "errorMessage"});
    response.request_id = text_member(reply, {"RequestId"});
  } catch (const Error&) {  // not AWS's own: the status and the text itself will have to do
  }
}

void read_xml(std::string_view body, ErrorResponse& response) {
  response.code = bare_code(xml_element(body, "Code"));
  response.message = xml_element(body, "Message");
  response.request_id = xml_element(body, "RequestId");
}

enum class Kind { throttled, expired, clock, wrong_secret, unknown_key, denied, mistake, other };

struct Known {
  std::string_view code;
  Kind kind;
};
// LimitExceededException is not among the throttled: for ECR and ECS it is a quota, which no waiting heals.
constexpr std::array known{
    Known{"Throttling", Kind::throttled},
    Known{"ThrottlingException", Kind::throttled},
    Known{"ThrottledException", Kind::throttled},
    Known{"RequestThrottled", Kind::throttled},
    Known{"RequestThrottledException", Kind::throttled},
    Known{"TooManyRequestsException", Kind::throttled},
    Known{"RequestLimitExceeded", Kind::throttled},
    Known{"BandwidthLimitExceeded", Kind::throttled},
    Known{"ProvisionedThroughputExceededException", Kind::throttled},
    Known{"TransactionInProgressException", Kind::throttled},
    Known{"SlowDown", Kind::throttled},
    Known{"EC2ThrottledException", Kind::throttled},
    Known{"RequestTimeout", Kind::throttled},
    Known{"RequestTimeoutException", Kind::throttled},
    Known{"PriorRequestNotComplete", Kind::throttled},
    Known{"IDPCommunicationError", Kind::throttled},
    Known{"IDPCommunicationErrorException", Kind::throttled},
    Known{"ExpiredToken", Kind::expired},
    Known{"ExpiredTokenException", Kind::expired},
    Known{"RequestExpired", Kind::clock},
    Known{"RequestTimeTooSkewed", Kind::clock},
    Known{"RequestInTheFuture", Kind::clock},
    Known{"SignatureDoesNotMatch", Kind::wrong_secret},
    Known{"InvalidSignatureException", Kind::wrong_secret},
    Known{"UnrecognizedClientException", Kind::unknown_key},
    Known{"InvalidClientTokenId", Kind::unknown_key},
    Known{"InvalidAccessKeyId", Kind::unknown_key},
    Known{"AuthFailure", Kind::unknown_key},
    Known{"AccessDenied", Kind::denied},
    Known{"AccessDeniedException", Kind::denied},
    Known{"UnauthorizedOperation", Kind::denied},
    Known{"NotAuthorized", Kind::denied},
    Known{"ClientException", Kind::mistake},
    Known{"InvalidParameterException", Kind::mistake},
    Known{"ValidationException", Kind::mistake},
    Known{"ValidationError", Kind::mistake},
    Known{"SerializationException", Kind::mistake},
};

Kind kind_of(const ErrorResponse& response) {
  const auto found =
      std::find_if(known.begin(), known.end(), [&](const Known& each) { return each.code == response.code; });
  if (found != known.end()) return found->kind;
  return http::is_retryable(response.status) ? Kind::throttled : Kind::other;
}

// "AccessDeniedException: User: ... is not authorized (request id 1234)".
std::string message_of(const ErrorResponse& response) {
  std::string text = response.code.empty() ? cat("HTTP ", response.status) : response.code;
  if (!response.message.empty()) text += cat(": ", response.message);
  if (!response.request_id.empty()) text += cat(" (request id ", response.request_id, ")");
  return text;
}

// The word after `before` in AWS's sentence, up to the next blank; empty when it is not there.
std::string word_after(std::string_view message, std::string_view before) {
  const auto at = message.find(before);
  if (at == std::string_view::npos) return "";
  const auto rest = message.substr(at + before.size());
  auto word = rest.substr(0, rest.find_first_of(" \n"));
  while (word.ends_with('.') || word.ends_with(',')) word.remove_suffix(1);
  return std::string(word);
}

nlohmann::ordered_json minimal_statement(const std::string& action, const std::string& resource) {
  nlohmann::ordered_json statement{
      {"Effect", "Allow"}, {"Action", action}, {"Resource", resource.empty() ? "*" : resource}};
  if (action == "iam:PassRole")
    statement["Condition"] = {{"StringEquals", {{"iam:PassedToService", "ecs-tasks.amazonaws.com"}}}};
  return statement;
}

Error denied(const ErrorResponse& response, const Attempt& attempt) {
  std::string action = word_after(response.message, "not authorized to perform: ");
  if (action.empty()) action = attempt.action;
  std::string who = word_after(response.message, "User: ");
  if (who.empty()) who = cat("the owner of `", attempt.credentials.access_key_id, "`");
  Error error(ErrorKind::access, cat("these AWS credentials are not allowed to call ", action));
  if (response.message.find("explicit deny") != std::string::npos)
    error.helped_by(cat("a policy explicitly denies ", action, " to ", who,
                        ": remove that statement; an Allow does not override it"));
  else
    error.helped_by(cat("add this statement to a policy of ", who, ":\n",
                        minimal_statement(action, word_after(response.message, "on resource: "))
                            .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
  return error;
}

Error expired(const Attempt& attempt) {
  return {ErrorKind::access, cat("the AWS credentials have expired (", attempt.credentials.source, ")"),
          "get new ones, for example with `aws sso login` and then "
          "`eval \"$(aws configure export-credentials --format env)\"`"};
}

Error wrong_secret(const Attempt& attempt) {
  return {ErrorKind::access,
          cat("the secret access key does not match the access key id `", attempt.credentials.access_key_id, "`"),
          cat("both came from ", attempt.credentials.source,
              "; set them again: usually a character was lost in copying, or the secret belongs to another key")};
}

Error unknown_key(const Attempt& attempt) {
  const bool temporary = !attempt.credentials.session_token.empty();
  return {ErrorKind::access,
          cat("AWS does not accept the access key id `", attempt.credentials.access_key_id, "`",
              temporary ? " with its session token" : ""),
          cat("it came from ", attempt.credentials.source, "; ",
              temporary ? "access key id, secret and session token belong together: set all three again"
                        : "the key may be deleted or inactive, need AWS_SESSION_TOKEN, or belong to another partition",
              " (or ", attempt.region, " is not enabled for the account)")};
}

Error wrong_clock() {
  return {ErrorKind::access, "AWS rejected the time of the request's signature",
          "set this machine's clock, for example with `timedatectl set-ntp true`"};
}

Error other(const ErrorResponse& response, const Attempt& attempt) {
  const bool access = response.status == 401 || response.status == 403;
  return {access ? ErrorKind::access : ErrorKind::network,
          cat("AWS rejected ", attempt.action, " in ", attempt.region)};
}

Error by_kind(const ErrorResponse& response, const Attempt& attempt) {
  switch (kind_of(response)) {
    case Kind::throttled:
      return Error(ErrorKind::network, cat("AWS throttled or did not process ", attempt.action, " in ", attempt.region))
          .transient();
    case Kind::expired: return expired(attempt);
    case Kind::clock: return wrong_clock();
    case Kind::wrong_secret: return wrong_secret(attempt);
    case Kind::unknown_key: return unknown_key(attempt);
    case Kind::denied: return denied(response, attempt);
    case Kind::mistake: return {ErrorKind::usage, cat("AWS rejected ", attempt.action, " in ", attempt.region)};
    case Kind::other: break;
  }
  return other(response, attempt);
}

}  // namespace

ErrorResponse read_error_response(const http::Response& response) {
  ErrorResponse out{.status = response.status, .code = {}, .message = {}, .request_id = {}};
  const auto body = trim(response.body);
  if (body.starts_with('{'))
    read_json(response.body, out);
  else if (body.starts_with('<'))
    read_xml(body, out);
  if (const auto type = response.headers.find("X-Amzn-ErrorType"); type && out.code.empty())
    out.code = bare_code(*type);
  if (const auto id = response.headers.find("X-Amzn-RequestId")) out.request_id = *id;
  if (out.code.empty() && out.message.empty()) out.message = printable(body, 200);
  return out;
}

std::string xml_element(std::string_view text, std::string_view name) {
  const auto begin = text.find(cat("<", name, ">"));
  const auto end = begin == text.npos ? text.npos : text.find(cat("</", name, ">"), begin);
  return end == text.npos ? "" : std::string(trim(text.substr(begin + name.size() + 2, end - begin - name.size() - 2)));
}

bool may_be_clock(const ErrorResponse& response) {
  const auto kind = kind_of(response);
  return kind == Kind::clock || kind == Kind::wrong_secret || response.code == "AuthFailure";
}

bool has_expired(const ErrorResponse& response) { return kind_of(response) == Kind::expired; }

Error failure_of(const ErrorResponse& response, const Attempt& attempt) {
  return std::move(by_kind(response, attempt)
                       .because(message_of(response))
                       .from_service({.code = response.code, .message = response.message}));
}

}  // namespace lapstrake::aws
