#include <algorithm>
#include <lapstrake/base/text.hpp>

#include "ecs_services.hpp"
#include "ecs_shown.hpp"
#include "input.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_described = 20;

struct DeploymentPlace {
  EcsService& service;
  EcsDeployment& deployment;
};

DeploymentPlace deployment_called(EcsRegion& region, const std::string& arn) {
  for (auto& entry : region.services)
    for (auto& deployment : entry.second.history)
      if (!arn.empty() && deployment.arn == arn) return {entry.second, deployment};
  throw ApiFailure{"ServiceDeploymentNotFoundException", "Service deployment not found."};
}

Json shown_brief(const EcsService& service, const EcsDeployment& deployment) {
  Json out = {{"serviceDeploymentArn", deployment.arn},
              {"serviceArn", service.arn},
              {"clusterArn", service.cluster_arn},
              {"createdAt", epoch_seconds(deployment.created)},
              {"startedAt", epoch_seconds(deployment.created)},
              {"targetServiceRevisionArn", deployment.revision_arn},
              {"status", deployment.status}};
  if (deployment.finished) out["finishedAt"] = epoch_seconds(*deployment.finished);
  if (!deployment.reason.empty()) out["statusReason"] = deployment.reason;
  return out;
}

std::vector<std::string> arns_to_describe(const Json& input, const char* name) {
  auto arns = texts_member(input, name);
  if (arns.empty() || arns.size() > most_described)
    refuse_parameter(cat(name, " must have from 1 to ", most_described, " elements."));
  return arns;
}

}  // namespace

Json EcsServices::list_deployments(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& service = service_of(region_of(caller), input, caller);
  const auto& between = member_or_null(input, "createdAt");
  const double after = between.is_object() ? between.value("after", 0.0) : 0.0;
  const double before = between.is_object() ? between.value("before", 1e18) : 1e18;
  const auto statuses = texts_member(input, "status");
  std::vector<Json> found;
  for (std::size_t i = service.history.size(); i-- > 0;) {
    const auto& deployment = service.history[i];
    const bool is_asked =
        statuses.empty() || std::find(statuses.begin(), statuses.end(), deployment.status) != statuses.end();
    const auto created = epoch_seconds(deployment.created);
    if (!deployment.arn.empty() && is_asked && created >= after && created <= before)
      found.push_back(shown_brief(service, deployment));
  }
  return page(input, "serviceDeployments", std::move(found), 20, 100);
}

Json EcsServices::describe_deployments(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const EcsView view(region, caller);
  Json found = Json::array(), failures = Json::array();
  for (const auto& arn : arns_to_describe(input, "serviceDeploymentArns")) try {
      const auto place = deployment_called(region, arn);
      found.push_back(shown_deployment(place.service, place.deployment, view));
    } catch (const ApiFailure&) {
      failures.push_back(missing_item(arn));
    }
  return {{"serviceDeployments", found}, {"failures", failures}};
}

Json EcsServices::describe_revisions(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  Json found = Json::array(), failures = Json::array();
  for (const auto& arn : arns_to_describe(input, "serviceRevisionArns")) {
    const auto before = found.size();
    for (const auto& entry : region.services)
      for (const auto& deployment : entry.second.history)
        if (deployment.revision_arn == arn && found.size() == before)
          found.push_back(shown_revision(entry.second, deployment));
    if (found.size() == before) failures.push_back(missing_item(arn));
  }
  return {{"serviceRevisions", found}, {"failures", failures}};
}

Json EcsServices::stop_deployment(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto [service, deployment] = deployment_called(region, text_member(input, "serviceDeploymentArn"));
  if (deployment.status != "PENDING" && deployment.status != "IN_PROGRESS")
    throw ApiFailure{"ConflictException", "The service deployment is not in a state that can be stopped."};
  if (text_member(input, "stopType") == "ABORT") {
    scheduler_.fail(region, service, deployment, "Service deployment was stopped.", EcsScheduler::Then::stop, caller);
  } else {
    deployment.status = "ROLLBACK_REQUESTED";
    deployment.reason = "Service deployment was stopped by user.";
    deployment.next = caller.now + scheduler_.step();
  }
  return {{"serviceDeploymentArn", deployment.arn}};
}

Json EcsServices::continue_deployment(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& region = region_of(caller);
  const auto [service, deployment] = deployment_called(region, text_member(input, "serviceDeploymentArn"));
  const auto id = text_member(input, "hookId"), action = text_member(input, "action");
  if (!action.empty() && action != "CONTINUE" && action != "ROLLBACK")
    refuse_parameter("action must be CONTINUE or ROLLBACK.");
  for (auto& hook : deployment.hooks)
    if (hook.id == id && hook.status == "AWAITING_ACTION" && deployment.is_active()) {
      scheduler_.answer(region, service, deployment, hook, action != "ROLLBACK", caller);
      return {{"serviceDeploymentArn", deployment.arn}};
    }
  refuse_parameter("The lifecycle hook is not awaiting action.");
}

}  // namespace lapstrake::sandbox
