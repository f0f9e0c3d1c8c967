// Signs requests with AWS Signature Version 4, in headers. Pure: returns all three texts, so that a test vector can
// show which step differs.
#pragma once
#include <chrono>
#include <lapstrake/aws/credentials.hpp>
#include <lapstrake/aws/sign_rules.hpp>
#include <lapstrake/http/message.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::aws {

struct Scope {
  std::string region, service;
};

struct Signature {
  std::string canonical_request, string_to_sign, signature;  // signature: 64 hex digits
  http::Headers added;  // X-Amz-Date, X-Amz-Security-Token, Authorization (and X-Amz-Content-Sha256)
};

// The request's body must be a string. Host comes from the URL.
Signature sign(const http::Request& request, const Credentials& credentials, const Scope& scope,
               std::chrono::system_clock::time_point now, const SignRules& rules = {});

// For servers (the sandbox): the signature that the request should have carried, given the secret. Takes the scope, the
// signed headers and the date from its Authorization and X-Amz-Date headers; nothing when they are absent or malformed.
// The body is hashed again, whatever X-Amz-Content-Sha256 says; the caller must check whether `date` is recent.
struct SignedRequest {
  std::string access_key_id, date /* "20150830T123600Z" */, region, service, signature, session_token;
  std::vector<std::string> signed_headers;
};
std::optional<SignedRequest> read_signed_request(const http::Headers& headers);
bool verify(const http::Request& request, const SignedRequest& signed_request, const std::string& secret_access_key);

}  // namespace lapstrake::aws
