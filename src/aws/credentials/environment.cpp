#include "providers.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "expiry.hpp"
#include "key_pair.hpp"

namespace lapstrake::aws {
namespace {

void add_expiry(Credentials& credentials, const Runtime& runtime) {
  const auto text = runtime.environment("AWS_CREDENTIAL_EXPIRATION").value_or("");
  if (text.empty()) return;
  credentials.expires = parse_expiry(text);
  if (!credentials.expires)
    throw Error(ErrorKind::access, "AWS_CREDENTIAL_EXPIRATION is not a time",
                "write it like 2026-03-01T12:00:00Z, or unset it");
  if (*credentials.expires <= runtime.clock())
    throw Error(ErrorKind::access,
                cat("the AWS credentials in the environment expired at ", expiry_text(*credentials.expires)),
                "export new ones, for example with `eval \"$(aws configure export-credentials --format env)\"`");
}

}  // namespace

std::optional<Credentials> from_environment(const Runtime& runtime) {
  const auto value = [&](std::string_view name) { return runtime.environment(name).value_or(""); };
  std::string token = value("AWS_SESSION_TOKEN");
  if (token.empty()) token = value("AWS_SECURITY_TOKEN");
  auto found = complete_pair({value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY"), token},
                             {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}, "the environment");
  if (!found) return std::nullopt;
  learn(runtime, *found);
  found->kind = CredentialSource::environment;
  found->source = "AWS_ACCESS_KEY_ID in the environment";
  add_expiry(*found, runtime);
  return found;
}

}  // namespace lapstrake::aws
