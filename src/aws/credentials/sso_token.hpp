// Reads the access token that `aws sso login` caches.
#pragma once
#include <lapstrake/base/runtime.hpp>
#include <string>
#include <string_view>

namespace lapstrake::aws {

// `key`: the name of the SSO session, or the start URL of a profile without one. Registers the token. Error{access}
// with the code `unusable_profile`, which says to log in, when there is no token or it has expired.
std::string cached_sso_token(const Runtime& runtime, const std::string& key, const std::string& profile);

// Throws that Error.
[[noreturn]] void sso_login_needed(const std::string& profile, std::string_view why);

}  // namespace lapstrake::aws
