#include <algorithm>
#include <lapstrake/aws/call.hpp>
#include <lapstrake/base/error.hpp>
#include <nlohmann/json.hpp>

#include "call_body.hpp"

namespace lapstrake::aws {

using nlohmann::json;

json call(const Session& session, Service service, std::string_view operation, const json& input) {
  Session own = session;
  return call_with_body(own, service, operation, request_body(service, operation, input));
}

std::string code_of(const Error& error) {
  const auto& reason = error.reason();
  const auto end = std::min(reason.find(": "), reason.find(" (request id "));
  const auto code = reason.substr(0, end);
  const bool is_code = !code.empty() && code.front() >= 'A' && code.front() <= 'Z' &&
                       code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.") == code.npos;
  return is_code ? code : "";
}

Identity caller_identity(const Session& session) {
  const auto reply = call(session, Service::sts, "GetCallerIdentity", json::object());
  Identity identity{reply.value("Account", ""), reply.value("Arn", "")};
  if (identity.account.empty() || identity.arn.empty())
    throw Error(ErrorKind::network, "the reply to sts:GetCallerIdentity has no account",
                "check AWS_ENDPOINT_URL and HTTPS_PROXY");
  return identity;
}

}  // namespace lapstrake::aws
