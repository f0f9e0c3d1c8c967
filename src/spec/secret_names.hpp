// Which environment variables a spec may not read: what would hand a credential to everyone who can pull the image or
// read the task definition.
#pragma once
#include <string_view>

namespace lapstrake::spec {

// By the parts of the name between `_`, in any case: one that is or ends in a word for a secret (TOKEN, SECRET,
// PASSWORD, KEY with something before it, JWT, CREDENTIALS, AUTH, PAT ...), and what is known to hold a login in an
// address (..._PROXY, DATABASE_URL, CI_REPOSITORY_URL).
bool is_secret_name(std::string_view name);

// An address with a password in it: scheme://user:password@host.
bool holds_login(std::string_view value);

}  // namespace lapstrake::spec
