// AWS Signature Version 4, for headers. Pure: all three texts are returned, so that a test vector can point at the
// step.
#pragma once
#include <chrono>
#include <lapstrake/aws/credentials.hpp>
#include <lapstrake/http/message.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::aws {

struct Scope {
  std::string region, service;
};

struct SignRules {
  bool normalize_path = true;      // all services but S3
  bool sign_body_header = false;   // adds x-amz-content-sha256
  bool sign_session_token = true;  // false: the token is added after signing
  bool double_encode_path = true;  // all services but S3; the vectors' paths are raw: encoded once
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
// The body is hashed anew, whatever X-Amz-Content-Sha256 says; whether `date` is near is for the caller to judge.
struct Claim {
  std::string access_key_id, date /* "20150830T123600Z" */, region, service, signature, session_token;
  std::vector<std::string> signed_headers;
};
std::optional<Claim> read_claim(const http::Headers& headers);
bool verify(const http::Request& request, const Claim& claim, const std::string& secret_access_key);

}  // namespace lapstrake::aws
