#include <algorithm>
#include <lapstrake/aws/ecr/login.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

[[noreturn]] void no_login(std::string_view why) {
  throw Error(ErrorKind::network, cat("the reply to ecr:GetAuthorizationToken contains no login: ", why),
              "check AWS_ENDPOINT_URL and HTTPS_PROXY");
}

std::chrono::system_clock::time_point moment(const json& seconds) {
  if (!seconds.is_number()) return {};
  const double since_epoch = std::clamp(seconds.get<double>(), 0.0, 4e9);
  return std::chrono::system_clock::time_point(std::chrono::seconds(static_cast<std::int64_t>(since_epoch)));
}

// `authorizationToken` and `expiresAt`.
EcrLogin login_of(const json& data) {
  const auto token = data.value("authorizationToken", json());
  const auto plain = token.is_string() ? base64_decode(token.get<std::string>()) : std::nullopt;
  const auto colon = plain ? plain->find(':') : std::string::npos;
  if (colon == std::string::npos) no_login("the token is not base64 of `user:password`");
  return {plain->substr(0, colon), plain->substr(colon + 1), moment(data.value("expiresAt", json()))};
}

EcrLogin learnt(const Session& session, EcrLogin login) {
  session.runtime.secrets->learn_login(login.username, login.password);
  return login;
}

}  // namespace

EcrLogin ecr_login(const Session& session) {
  const auto reply = call(session, Service::ecr, "GetAuthorizationToken", json::object());
  const auto data = member_of(reply, "authorizationData");
  if (!data.is_array() || data.empty() || !data[0].is_object()) no_login("no authorizationData");
  return learnt(session, login_of(data[0]));
}

EcrLogin ecr_public_login(const Session& session) {
  Session there = session;
  there.region = "us-east-1";
  const auto data =
      member_of(call(there, Service::ecr_public, "GetAuthorizationToken", json::object()), "authorizationData");
  if (!data.is_object()) no_login("no authorizationData");
  return learnt(session, login_of(data));
}

}  // namespace lapstrake::aws
