// Finds AWS credentials, in the order of the AWS SDKs (docs/reference/credentials.md).
#pragma once
#include <lapstrake/aws/credentials.hpp>
#include <lapstrake/aws/credentials/lookup.hpp>

namespace lapstrake::aws {

// An explicit profile, or the first that has some of: AWS_ACCESS_KEY_ID and related variables; AWS_ROLE_ARN with
// AWS_WEB_IDENTITY_TOKEN_FILE; the profile (keys, role, web identity, SSO, process); the container's endpoint; the
// instance's metadata service. Reads every file and asks every service again. Registers each secret that it reads or
// receives. Error{access}: `no_credentials` when nothing is set anywhere, with the list of the searched places;
// `unusable_profile` when the profile has none that can be used now (none at all, expired SSO, MFA); no code for a
// mistake in what is set (half a pair, an explicit profile that does not exist, a loop of roles). Error{network} when a
// service does not answer.
Credentials find_credentials(const Lookup& lookup);

}  // namespace lapstrake::aws
