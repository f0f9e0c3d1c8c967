// ECR Public: Bearer tokens in place of Basic; whoever has none may pull.
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "distribution.hpp"
#include "replies.hpp"

namespace lapstrake::sandbox {

Answer Distribution::token(const Head& head, Time now) const {
  const auto authorization = head.headers.find("Authorization").value_or("");
  const auto verdict = logins_.judge(authorization, std::string(public_account), now);
  if (!authorization.empty() && verdict != RegistryLogins::Verdict::good)
    return refusal_reply(verdict == RegistryLogins::Verdict::expired ? 400 : 401, "DENIED",
                         "Your authorization token has expired. Reauthenticate and try again.");
  return json_reply(200, {{"token", logins_.issue_bearer(!authorization.empty(), now)}, {"expires_in", 3600}});
}

std::optional<Answer> Distribution::refused_public(const Head& head, const Visit& visit) const {
  using enum RegistryLogins::Verdict;
  bool may_push = false;
  auto verdict = logins_.judge_bearer(head.headers.find("Authorization").value_or(""), visit.now, may_push);
  if (visit.expire_login && verdict == good) verdict = expired;
  if (verdict == expired)  // aws/containers-roadmap#2835
    return refusal_reply(400, "DENIED", "Your authorization token has expired. Reauthenticate and try again.");
  if (verdict == good && (may_push || head.method == "GET" || head.method == "HEAD")) return std::nullopt;
  if (verdict == good) return refusal_reply(403, "DENIED", "Not Authorized");
  Answer answer = refusal_reply(401, "DENIED", "Not Authorized");
  answer.headers.set("WWW-Authenticate",
                     cat("Bearer realm=\"", head.origin(), "/token/\",service=\"public.ecr.aws\",scope=\"aws\""));
  return answer;
}

}  // namespace lapstrake::sandbox
