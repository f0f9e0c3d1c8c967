// What AWS says when it does not do what was asked, and how that is told.
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

// From JSON's `__type`, XML's `<Code>` or the header X-Amzn-ErrorType, whichever the reply has.
ErrorResponse read_error_response(const http::Response& response);

// Whether the code is one that a clock which is off brings about.
bool may_be_clock(const ErrorResponse& response);
// Whether the credentials have.
bool has_expired(const ErrorResponse& response);

// What was tried, and by whom.
struct Attempt {
  std::string action;  // "ecr:DescribeRepositories"
  std::string region;
  const Credentials& credentials;
};
// Marked transient where a new attempt may help.
Error failure_of(const ErrorResponse& response, const Attempt& attempt);

}  // namespace lapstrake::aws
