// What a registry says when it says no, and the Error that people see.
#pragma once
#include <lapstrake/base/error.hpp>
#include <lapstrake/http/message.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::registry {

// distribution-spec "Error Codes": {"errors": [{"code", "message", "detail"}]}; other bodies are one message without
// code.
struct Refusal {
  std::vector<std::string> codes;  // upper case as they come
  std::string message;             // printable, at most 1 KiB; "HTTP 502" when the body says nothing to people
  bool has(std::string_view code) const;
  bool says(std::string_view words) const;  // in the message, without case
};

Refusal refusal_of(const http::Response& response);

// The registry's storage has no room left.
bool says_full(const http::Response& response);

// ECR's token of this host has run out (aws: a 403, or 400, without a challenge).
bool says_expired(const http::Response& response);

// The login that is at hand; whether a request had it.
struct LoginUse {
  std::string source = {};  // empty: there is none, or nobody needed to know
  bool was_sent = false;
};

// The `what` of an Error, its fault from the status (401, 403: access; else network), `because` from the body, and the
// cure for what is known: quotas, IAM actions, logins.
Error refused(const http::Response& response, std::string what, const std::string& host, const LoginUse& login);

// ECR's private hosts, in all their forms.
bool is_ecr(std::string_view host);
bool is_ecr_public(std::string_view host);  // under both of its names

}  // namespace lapstrake::registry
