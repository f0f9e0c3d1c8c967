// Error responses of AWS, and the Errors made from them.
#pragma once
#include <lapstrake/aws/credentials.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/http/message.hpp>
#include <string>
#include <string_view>

namespace lapstrake::aws {

struct ErrorResponse {
  int status = 0;
  std::string code, message, request_id;  // each may be empty
};

// From JSON's `__type` (STS: `Error.Code`), the header X-Amzn-ErrorType, or `<Code>` of an XML text, whichever the
// reply has.
ErrorResponse read_error_response(const http::Response& response);

// The text of the first `<name>` in an XML text, as it is written; empty if there is none. We ask for JSON, but proxies
// and emulators also answer in XML.
std::string xml_element(std::string_view text, std::string_view name);

// Whether a wrong clock on this machine may cause this code.
bool may_be_clock(const ErrorResponse& response);
// Whether the credentials have expired.
bool has_expired(const ErrorResponse& response);

// The call that failed, and its credentials.
struct Attempt {
  std::string action;  // "ecr:DescribeRepositories"
  std::string region;
  const Credentials& credentials;
};
// Marked transient if a new attempt may help.
Error failure_of(const ErrorResponse& response, const Attempt& attempt);

}  // namespace lapstrake::aws
