#include <algorithm>
#include <lapstrake/aws/ecs/service_deployments.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

// Codes of an endpoint that does not have an operation, and of resources that do not exist.
bool means_nothing(const Error& error) {
  static constexpr std::string_view codes[] = {"UnknownOperationException",
                                               "UnsupportedOperation",
                                               "InvalidAction",
                                               "UnsupportedFeatureException",
                                               "ServiceDeploymentNotFoundException",
                                               "ServiceRevisionNotFoundException"};
  return std::find(std::begin(codes), std::end(codes), error.service().code) != std::end(codes);
}

std::optional<json> first_of(const Session& session, std::string_view operation, const json& input,
                             const char* member) {
  try {
    const auto reply = call(session, Service::ecs, operation, input);
    const auto& found = list_of(reply, member);
    return found.empty() ? std::nullopt : std::optional<json>(found[0]);
  } catch (const Error& error) {
    if (means_nothing(error)) return std::nullopt;
    throw;
  }
}

}  // namespace

std::optional<json> find_service_deployment(const Session& session, const std::string& arn) {
  return first_of(session, "DescribeServiceDeployments", {{"serviceDeploymentArns", {arn}}}, "serviceDeployments");
}

std::vector<std::string> service_deployments_since(const Session& session, const ServiceId& id,
                                                   std::chrono::system_clock::time_point since) {
  const auto seconds = std::chrono::duration<double>(since.time_since_epoch()).count();
  json reply;
  try {
    reply = call(session, Service::ecs, "ListServiceDeployments",
                 {{"cluster", id.cluster}, {"service", id.name}, {"createdAt", {{"after", seconds}}}});
  } catch (const Error& error) {
    if (means_nothing(error)) return {};
    throw;
  }
  auto found = list_of(reply, "serviceDeployments");
  const auto created = [](const json& deployment) {
    const auto at = deployment.find("createdAt");
    return at != deployment.end() && at->is_number() ? at->get<double>() : 0.0;
  };
  std::stable_sort(found.begin(), found.end(), [&](const json& a, const json& b) { return created(a) > created(b); });
  std::vector<std::string> arns;
  for (const auto& deployment : found) arns.push_back(text_of(deployment, "serviceDeploymentArn"));
  return arns;
}

std::optional<json> find_service_revision(const Session& session, const std::string& arn) {
  return first_of(session, "DescribeServiceRevisions", {{"serviceRevisionArns", {arn}}}, "serviceRevisions");
}

void stop_with_rollback(const Session& session, const std::string& arn) {
  call(session, Service::ecs, "StopServiceDeployment", {{"serviceDeploymentArn", arn}, {"stopType", "ROLLBACK"}});
}

void answer_hook(const Session& session, const std::string& deployment_arn, const std::string& hook_id,
                 HookAction action) {
  call(session, Service::ecs, "ContinueServiceDeployment",
       {{"serviceDeploymentArn", deployment_arn},
        {"hookId", hook_id},
        {"action", action == HookAction::proceed ? "CONTINUE" : "ROLLBACK"}});
}

}  // namespace lapstrake::aws
