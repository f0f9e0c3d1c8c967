// The IAM permissions of the sandbox's user: all, except the actions that the fault script denies.
#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace lapstrake::sandbox {

// Whether the caller's policies do not allow an IAM action ("ecr:PutImage").
using Denies = std::function<bool(std::string_view action)>;

std::string user_arn(const std::string& account);
// "User: ... is not authorized to perform: ecr:PutImage on resource: ... because ..."
std::string not_authorized(const std::string& user, std::string_view action, const std::string& resource);

}  // namespace lapstrake::sandbox
