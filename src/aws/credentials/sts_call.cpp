#include "sts_call.hpp"

#include <lapstrake/aws/call.hpp>
#include <lapstrake/aws/credentials/settings.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "key_reply.hpp"

namespace lapstrake::aws {
namespace {

// The region of STS if none is set, as the AWS CLI asks the global endpoint then.
std::string main_region(std::string_view role) {
  if (role.starts_with("arn:aws-cn:")) return "cn-north-1";
  if (role.starts_with("arn:aws-us-gov:")) return "us-gov-west-1";
  return "us-east-1";
}

}  // namespace

Credentials credentials_from_sts(const Lookup& lookup, std::string_view operation, const nlohmann::json& input,
                                 const Credentials* signer) {
  const auto settings = find_settings(lookup.runtime.environment, lookup.profile, lookup.region);
  const Session session{.transport = lookup.transport,
                        .credentials = signer != nullptr ? *signer : Credentials{},
                        .region = settings.region.value_or(main_region(text_of(input, "RoleArn"))),
                        .runtime = lookup.runtime,
                        .notice = lookup.notice,
                        .endpoints = settings.endpoints,
                        .is_signed = signer != nullptr};
  const auto reply = call(session, Service::sts, operation, input);
  return read_key_reply(member_of(reply, "Credentials"), "SessionToken", cat("the reply to sts:", operation),
                        lookup.runtime);
}

std::string role_session_name(const std::string& name, std::string_view named_by, const Runtime& runtime) {
  if (name.empty())
    return cat("lapstrake-",
               std::chrono::duration_cast<std::chrono::seconds>(runtime.clock().time_since_epoch()).count());
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-";
  if (name.size() < 2 || name.size() > 64 || name.find_first_not_of(allowed) != name.npos)
    throw Error(ErrorKind::access, cat("invalid role session name `", printable(name, 80), "` in ", named_by),
                "use 2 to 64 letters, digits and characters of `_+=,.@-`");
  return name;
}

}  // namespace lapstrake::aws
