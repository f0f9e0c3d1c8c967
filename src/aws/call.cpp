#include <algorithm>
#include <lapstrake/aws/call.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/aws/sign.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "error_response.hpp"
#include "query_reply.hpp"

namespace lapstrake::aws {
namespace {

using nlohmann::json;

constexpr std::chrono::minutes most_skew{4};  // AWS itself takes 5

std::string json_body(const json& input) {
  try {
    return input.is_null() ? "{}" : input.dump();
  } catch (const json::exception&) {
    throw Error(ErrorKind::usage, "a value in the request to AWS is not valid UTF-8");
  }
}

std::string query_body(const Api& api, std::string_view operation, const json& input) {
  std::string body = cat("Action=", operation, "&Version=", api.version);
  for (const auto& [name, value] : input.items())
    body += cat("&", percent_encode(name), "=", percent_encode(value.get<std::string>()));
  return body;
}

// A call on its way: the request without a signature is kept, so that it can be signed again.
struct Prepared {
  const Api& api;
  std::string action;  // "ecr:DescribeRepositories"
  http::Request request;
  http::Headers plain;
};

Prepared prepared(const Session& session, Service service, std::string_view operation, RequestBody body) {
  Prepared out{
      .api = api_of(service), .action = cat(api_of(service).signing_name, ":", operation), .request = {}, .plain = {}};
  out.request.method = "POST";
  out.request.url =
      http::parse_url(endpoint(service, session.region, session.runtime.environment, session.form, session.endpoints));
  out.request.body = std::move(body.text);
  out.request.progress = std::move(body.progress);
  if (out.api.target.empty()) {
    out.plain.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    out.plain.add("Accept", "application/json");  // STS's default is XML
  } else {
    out.plain.add("Content-Type", "application/x-amz-json-1.1");
    out.plain.add("X-Amz-Target", cat(out.api.target, ".", operation));
  }
  return out;
}

http::Response send_signed(const Session& session, Prepared& call, std::chrono::system_clock::time_point now) {
  call.request.headers = call.plain;
  if (!session.is_signed) return session.transport(call.request);
  session.runtime.secrets->learn(session.credentials.secret_access_key);
  session.runtime.secrets->learn(session.credentials.session_token);
  const Scope scope{session.region, std::string(call.api.signing_name)};
  for (const auto& [name, value] : sign(call.request, session.credentials, scope, now).added)
    call.request.headers.set(name, value);
  return session.transport(call.request);
}

bool is_success(const http::Response& response) { return response.status >= 200 && response.status < 300; }

// How far the server's clock is ahead of ours, when that is why it refused.
std::optional<std::chrono::seconds> skew(const http::Response& response, std::chrono::system_clock::time_point now) {
  if (is_success(response) || !may_be_clock(read_error_response(response))) return std::nullopt;
  const auto date = http::parse_http_date(response.headers.find("Date").value_or(""));
  if (!date) return std::nullopt;
  const auto ahead = std::chrono::round<std::chrono::seconds>(*date - now);
  return std::chrono::abs(ahead) > most_skew ? std::optional(ahead) : std::nullopt;
}

std::string clock_warning(std::chrono::seconds ahead) {
  const auto minutes = std::chrono::round<std::chrono::minutes>(std::chrono::abs(ahead)).count();
  return cat("this machine's clock is ", count_of(static_cast<std::uint64_t>(minutes), "minute"),
             ahead.count() > 0 ? " behind" : " ahead of", " AWS's; signing with AWS's time");
}

// Retry-After, or AWS's own header, which is in milliseconds.
std::optional<std::chrono::milliseconds> wanted_wait(const http::Response& response,
                                                     std::chrono::system_clock::time_point now) {
  const auto own = parse_integer(trim(response.headers.find("x-amz-retry-after").value_or("")));
  constexpr std::int64_t longest = 365LL * 24 * 3600 * 1000;  // past this no sum overflows, and none waits
  if (own && *own >= 0) return std::chrono::milliseconds(std::min(*own, longest));
  return http::retry_after(response.headers, now);
}

json read_reply(const Prepared& call, const http::Response& response) {
  if (trim(response.body).empty()) return json::object();
  if (!call.api.target.empty()) return parse_json(response.body, cat("the reply to ", call.action));
  return read_query_reply(response.body, call.action);
}

// Other credentials in place of those that have expired; false when there are none.
bool reload(Session& session) {
  if (!session.live) return false;
  Credentials fresh;
  try {
    fresh = session.live->instead_of(session.credentials);
  } catch (const Error& error) {
    return false;  // that the old ones have expired is the failure to tell
  }
  if (are_same_keys(fresh, session.credentials)) return false;
  if (session.notice)
    session.notice(cat("the AWS credentials have expired; continuing with new ones from ", fresh.source));
  session.credentials = std::move(fresh);
  return true;
}

// Signed and sent; signed once more when our clock is off, and when the credentials have expired.
http::Response answered(Session& session, Prepared& call) {
  const auto now = session.runtime.clock();
  if (session.live) session.credentials = session.live->current();
  auto response = send_signed(session, call, now);
  if (!is_success(response) && has_expired(read_error_response(response)) && reload(session))
    response = send_signed(session, call, session.runtime.clock());
  if (const auto ahead = skew(response, now)) {
    if (session.notice) session.notice(clock_warning(*ahead));
    response = send_signed(session, call, session.runtime.clock() + *ahead);
  }
  return response;
}

json attempt(Session& session, Prepared& call, const OnErrorResponse& on_error) {
  const auto response = answered(session, call);
  if (is_success(response)) return read_reply(call, response);
  if (on_error) on_error(response.body);
  auto failure = failure_of(read_error_response(response), {call.action, session.region, session.credentials});
  if (failure.is_transient()) failure.transient(wanted_wait(response, session.runtime.clock()));
  throw failure;
}

// The body for `input`: JSON, or a query string for services of the query protocol.
RequestBody request_body(Service service, std::string_view operation, const json& input) {
  const Api& api = api_of(service);
  return {.text = api.target.empty() ? query_body(api, operation, input) : json_body(input)};
}

}  // namespace

json call_once(const Session& session, Service service, std::string_view operation, const json& input) {
  Session own = session;
  auto call = prepared(own, service, operation, request_body(service, operation, input));
  return attempt(own, call, nullptr);
}

json call_with_body(Session& session, Service service, std::string_view operation, RequestBody body,
                    const OnErrorResponse& on_error) {
  auto call = prepared(session, service, operation, std::move(body));
  const http::RetryPolicy policy;
  QuotaShare share(session.quota.get(), policy.most_attempts);
  return http::retrying(policy, session.runtime, session.notice,
                        [&] { return share.spend([&] { return attempt(session, call, on_error); }); });
}

json call(const Session& session, Service service, std::string_view operation, const json& input) {
  Session own = session;
  return call_with_body(own, service, operation, request_body(service, operation, input));
}

Identity caller_identity(const Session& session) {
  const auto reply = call(session, Service::sts, "GetCallerIdentity", json::object());
  Identity identity{text_of(reply, "Account"), text_of(reply, "Arn")};
  if (identity.account.empty() || identity.arn.empty())
    throw Error(ErrorKind::network, "the reply to sts:GetCallerIdentity has no account",
                "check AWS_ENDPOINT_URL and HTTPS_PROXY");
  return identity;
}

}  // namespace lapstrake::aws
