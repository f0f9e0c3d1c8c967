#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/registry/permissions.hpp>

namespace lapstrake::sandbox {

std::string user_arn(const std::string& account) { return cat("arn:aws:iam::", account, ":user/sandbox"); }

std::string not_authorized(const std::string& user, std::string_view action, const std::string& resource) {
  return cat("User: ", user, " is not authorized to perform: ", action, " on resource: ", resource,
             " because no identity-based policy allows the ", action, " action");
}

}  // namespace lapstrake::sandbox
