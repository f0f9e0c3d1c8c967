// ECR Public: Bearer tokens instead of Basic; anonymous clients may pull.
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/registry/distribution.hpp>
#include <lapstrake/sandbox/registry/replies.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::sandbox {

Response Distribution::token(const RequestHead& head, Time now) const {
  const auto authorization = head.headers.find("Authorization").value_or("");
  const auto verdict = logins_.check(authorization, std::string(public_account), now);
  if (!authorization.empty() && verdict != RegistryLogins::Verdict::good)
    return error_reply(verdict == RegistryLogins::Verdict::expired ? 400 : 401, "DENIED",
                       "Your authorization token has expired. Reauthenticate and try again.");
  return json_reply(200, {{"token", logins_.issue_bearer(!authorization.empty(), now)}, {"expires_in", 3600}});
}

std::optional<Response> Distribution::public_login_error(const RequestHead& head, const RequestContext& context) const {
  using enum RegistryLogins::Verdict;
  bool may_push = false;
  auto verdict = logins_.check_bearer(head.headers.find("Authorization").value_or(""), context.now, may_push);
  if (context.expire_login && verdict == good) verdict = expired;
  if (verdict == expired)  // aws/containers-roadmap#2835
    return error_reply(400, "DENIED", "Your authorization token has expired. Reauthenticate and try again.");
  if (verdict == good && (may_push || head.method == "GET" || head.method == "HEAD")) return std::nullopt;
  if (verdict == good) return error_reply(403, "DENIED", "Not Authorized");
  Response response = error_reply(401, "DENIED", "Not Authorized");
  response.headers.set("WWW-Authenticate",
                       cat("Bearer realm=\"", head.origin(), "/token/\",service=\"public.ecr.aws\",scope=\"aws\""));
  return response;
}

}  // namespace lapstrake::sandbox
