// Containers that serve the others: log routers (FireLens) and proxies (App Mesh).
#include <algorithm>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>

#include "rules.hpp"

namespace lapstrake::aws {
namespace {

using nlohmann::json;

// "0", "root", "0:1000"
bool is_root(const std::string& user) {
  const auto name = user.substr(0, user.find(':'));
  return name == "0" || name == "root";
}

void routers(const TaskContext& context, Findings& findings) {
  const bool is_used = std::any_of(context.containers.begin(), context.containers.end(), [](const auto& each) {
    return text_of(member_of(each.value, "logConfiguration"), "logDriver") == "awsfirelens";
  });
  std::string first;
  for (const auto& container : context.containers) {
    const auto& router = member_of(container.value, "firelensConfiguration");
    if (!router.is_object()) continue;
    const auto pointer = container.pointer + "/firelensConfiguration";
    if (!is_used)  // ECS: "at least one container has to be configured with the awsfirelens log driver"
      findings.error(pointer, cat("`", container.name, "` is a log router, but no container logs to it"),
                     "write `logConfiguration: { logDriver: awsfirelens }` in another container, or remove it");
    if (!first.empty())
      findings.documented(Documented::firelens_routers, pointer,
                          cat("`", first, "` and `", container.name, "` are both log routers"),
                          "a task can have only one log router: keep one of them");
    first = container.name;
    if (const auto user = text_of(container.value, "user"); !user.empty() && !is_root(user))
      findings.error(container.pointer + "/user", cat("the log router `", container.name, "` must run as user 0"),
                     "write `user: \"0\"`, or remove it");
    if (context.is_fargate && text_of(member_of(router, "options"), "config-file-type") == "s3")
      findings.documented(Documented::fargate_members, pointer + "/options/config-file-type",
                          "log routers on Fargate cannot read their configuration from S3",
                          "put it into the image, and write `config-file-type: file`");
  }
}

void proxy(const TaskContext& context, Findings& findings) {
  const auto name = text_of(member_of(context.document, "proxyConfiguration"), "containerName");
  if (name.empty() || context.find(name) != nullptr) return;
  findings.documented(Documented::proxy_container, "/proxyConfiguration/containerName",
                      cat("the proxy `", name, "` is not a container of this task"),
                      "write the name of the container that is the proxy");
}

constexpr Rule firelens_task_rules[]{routers, proxy};

}  // namespace

Rules firelens_rules() { return {firelens_task_rules, {}}; }

}  // namespace lapstrake::aws
