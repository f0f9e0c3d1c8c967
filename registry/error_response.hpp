// Error replies of a registry, and the Errors made of them.
#pragma once
#include <lapstrake/base/error.hpp>
#include <lapstrake/http/message.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::registry {

// distribution-spec "Error Codes": {"errors": [{"code", "message", "detail"}]}. Any other body becomes one message
// without a code.
struct ErrorResponse {
  std::vector<std::string> codes;  // as sent, upper case
  std::string message;             // printable, at most 1 KiB; "HTTP 502" when the body has no text
  bool has(std::string_view code) const;
  bool mentions(std::string_view words) const;  // in the message, ignoring case
};

ErrorResponse parse_error_response(const http::Response& response);

// The registry's storage is full.
bool is_storage_full(const http::Response& response);

// The login token has expired: ECR answers 403 or 400 without a challenge.
bool is_token_expired(const http::Response& response);

// The login in use, and whether a request carried it.
struct LoginUse {
  std::string source = {};  // empty: no login, or not looked up yet
  bool was_sent = false;
};

// An Error with `what`, the kind by status (401, 403: access; else network), `because` from the body, and a cure for
// known causes: quotas, IAM actions, logins.
Error response_error(const http::Response& response, std::string what, const std::string& host, const LoginUse& login);

// The Error with the code `missing_repository`. `said`: the registry's message, or empty.
Error missing_repository(const std::string& host, const std::string& name, std::string what, std::string_view said);

// ECR's private hosts, in all their forms.
bool is_ecr(std::string_view host);
bool is_ecr_public(std::string_view host);  // both names

}  // namespace lapstrake::registry
