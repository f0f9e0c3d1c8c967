// The canonical request of Signature Version 4: the text that client and server derive from a request.
#pragma once
#include <chrono>
#include <lapstrake/aws/sign_rules.hpp>
#include <lapstrake/http/message.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::aws {

// "20150830T123600Z".
std::string timestamp(std::chrono::system_clock::time_point when);

// The names of all headers that may be signed: lower case, sorted, each once; `host` among them.
std::vector<std::string> signable_names(const http::Headers& headers);

// `headers` contains all signed headers, `host` too. Names are lower case and sorted.
std::string canonical_request(const http::Request& request, const http::Headers& headers,
                              const std::vector<std::string>& names, std::string_view payload_hash,
                              const SignRules& rules);

// The request's body, which must be in memory, as lower-case hex of its SHA-256.
std::string payload_hash(const http::Request& request);

}  // namespace lapstrake::aws
