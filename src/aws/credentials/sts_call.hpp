// Asks STS for the credentials of a role.
#pragma once
#include <lapstrake/aws/credentials.hpp>
#include <lapstrake/aws/credentials/lookup.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace lapstrake::aws {

// `signer`: null for an operation that is not signed. The region is that of the settings, otherwise the main one of the
// role's partition.
Credentials credentials_from_sts(const Lookup& lookup, std::string_view operation, const nlohmann::json& input,
                                 const Credentials* signer);

// `name`, or "lapstrake-" and the time. Error{access} for a name that STS does not accept.
std::string role_session_name(const std::string& name, std::string_view named_by, const Runtime& runtime);

}  // namespace lapstrake::aws
