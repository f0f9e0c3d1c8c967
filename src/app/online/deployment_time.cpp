#include <algorithm>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/aws/lookups/networks.hpp>
#include <lapstrake/base/text.hpp>

#include "scope.hpp"

namespace lapstrake::app {
namespace {

using nlohmann::json;

constexpr std::int64_t long_deployment = 180;  // seconds that are worth a warning

struct Part {
  std::int64_t seconds = 0;
  std::string text;
};

std::string duration(std::int64_t seconds) {
  if (seconds < 60) return cat(seconds, " s");
  return seconds % 60 == 0 ? cat(seconds / 60, " min") : cat(seconds / 60, " min ", seconds % 60, " s");
}

std::int64_t seconds_of(const std::string& text, std::int64_t usual) { return parse_integer(text).value_or(usual); }

// The waits that a rolling deployment cannot avoid: the first new task turns healthy, the last old one drains and
// stops.
std::vector<Part> parts_of(const aws::Session& session, const json& document, const json& task) {
  std::vector<Part> parts;
  for (const auto& balancer : aws::list_of(document, "loadBalancers"))
    if (const auto target = aws::find_target_group(session, aws::text_of(balancer, "targetGroupArn"))) {
      const auto interval = seconds_of(target->interval, 30), threshold = seconds_of(target->healthy_threshold, 5);
      const auto delay = seconds_of(target->deregistration_delay, 300);
      parts.push_back(
          {interval * threshold, cat(duration(interval * threshold), " of it health checks of the target group (",
                                     threshold, " x ", interval, " s)")});
      parts.push_back({delay, cat(duration(delay), " of it deregistration delay of the target group")});
    }
  for (const auto& container : aws::list_of(task, "containerDefinitions"))
    if (const auto start = aws::number_of(aws::member_of(container, "healthCheck"), "startPeriod");
        start.value_or(0) > 0)
      parts.push_back({*start, cat(duration(*start), " of it `startPeriod` of the container `",
                                   aws::text_of(container, "name"), "`")});
  return parts;
}

const OnlineTask* task_called(const OnlineScope& scope, const std::string& name) {
  const auto found =
      std::find_if(scope.tasks.begin(), scope.tasks.end(), [&](const auto& task) { return task.task->name == name; });
  return found == scope.tasks.end() ? nullptr : &*found;
}

void check_time(OnlineScope& scope, const spec::Service& service) {
  const auto document = json::parse(service.document);
  const auto* task = task_called(scope, service.task);
  auto parts = parts_of(scope.session, document, task == nullptr ? json() : task->document);
  std::int64_t total = 0;
  for (const auto& part : parts) total += part.seconds;
  if (total < long_deployment) return;
  std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
  std::vector<std::string> texts;
  for (const auto& part : parts) texts.push_back(part.text);
  scope.add(service, "/loadBalancers",
            {.severity = Finding::Severity::warning,
             .message = cat("this service needs at least ", duration(total), " a deployment: ", join(texts, ", ")),
             .help = "aws elbv2 modify-target-group-attributes --target-group-arn ARN --attributes "
                     "Key=deregistration_delay.timeout_seconds,Value=30"});
}

}  // namespace

void check_deployment_time(OnlineScope& scope) {
  for (const auto& service : scope.project.services)
    scope.try_check(cat("the target group of the service `", service.name, "`"), [&] { check_time(scope, service); });
}

}  // namespace lapstrake::app
