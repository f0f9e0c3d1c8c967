// An error of the AWS APIs.
#pragma once
#include <string>
#include <utility>

namespace lapstrake::sandbox {

// Thrown by operations: the error that AWS returns.
struct ApiFailure {
  std::string code, message;  // "ClientException"
  int status = 400;
  std::string members = {};  // additional members, as a JSON object's text
};
[[noreturn]] inline void refuse(std::string message) { throw ApiFailure{"ClientException", std::move(message)}; }

}  // namespace lapstrake::sandbox
