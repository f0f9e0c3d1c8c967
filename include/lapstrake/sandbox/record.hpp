// A request that the sandbox received.
#pragma once
#include <cstdint>
#include <map>
#include <string>

namespace lapstrake::sandbox {

struct Record {
  std::string method, host, target;            // target: path and query; for the AWS API "/ Operation"
  std::map<std::string, std::string> headers;  // names in lower case
  std::uint64_t body_bytes = 0;                // read of the request body
  int status = 0;                              // 0: closed without a response, or no response yet
};

}  // namespace lapstrake::sandbox
