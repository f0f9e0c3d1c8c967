// The sources of credentials; each function asks one of them.
#pragma once
#include <lapstrake/aws/credentials.hpp>
#include <lapstrake/aws/credentials/lookup.hpp>
#include <optional>
#include <string>

#include "profile_files.hpp"

namespace lapstrake::aws {

// A source that is not configured gives nothing. One that is configured and cannot be used is an Error.
std::optional<Credentials> from_environment(const Runtime& runtime);
std::optional<Credentials> from_web_identity_variables(const Lookup& lookup);
std::optional<Credentials> from_container(const Lookup& lookup);
// An instance's metadata service, with IMDSv2 only; nothing when it does not answer or has no role.
std::optional<Credentials> from_instance(const Lookup& lookup);

// The credentials of a profile, by the first way that it has: a role, web identity, keys, SSO, a process.
std::optional<Credentials> from_profile(const Lookup& lookup, const SharedFiles& files, const Profile& profile);

// The ways of a profile.
std::optional<Credentials> from_profile_keys(const Lookup& lookup, const SharedFiles& files, const Profile& profile);
std::optional<Credentials> from_sso(const Lookup& lookup, const SharedFiles& files, const Profile& profile);
Credentials from_process(const Lookup& lookup, const Profile& profile);
Credentials from_web_identity(const Lookup& lookup, const Profile& profile);
// The role of `profile`, assumed with the credentials `source`.
Credentials from_role(const Lookup& lookup, const Profile& profile, const Credentials& source);

// Registers the secrets.
void learn(const Runtime& runtime, const Credentials& credentials);

// "let the AWS CLI resolve them: `eval ...`", for what only the AWS CLI can do.
std::string export_with_cli(const std::string& profile);

}  // namespace lapstrake::aws
