// Detects environment variables that a spec must not read: they would expose a credential to everyone who can pull the
// image or read the task definition.
#pragma once
#include <string_view>

namespace lapstrake::spec {

// By the parts of the name between `_`, in any case: one that is or ends in a word for a secret (TOKEN, SECRET,
// PASSWORD, KEY with something before it, JWT, CREDENTIALS, AUTH, PAT ...), and names that usually contain a login in a
// URL (..._PROXY, DATABASE_URL, CI_REPOSITORY_URL).
bool is_secret_name(std::string_view name);

// A URL with a password: scheme://user:password@host.
bool holds_login(std::string_view value);

}  // namespace lapstrake::spec
