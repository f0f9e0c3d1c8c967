// Replies of the query protocol (IAM, EC2, load balancing, STS): XML, or JSON from STS.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lapstrake::aws {

// The result of an operation as JSON: elements are members, elements named `member` or `item` are the elements of a
// list, and all values are texts. An empty list looks like an empty text. `action`: "iam:GetRole". Error{network} for a
// reply that is neither XML nor JSON.
nlohmann::json read_query_reply(const std::string& body, const std::string& action);

}  // namespace lapstrake::aws
