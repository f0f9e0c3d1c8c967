#include <lapstrake/aws/ecs/services.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

json service_of(json reply, std::string_view action) {
  const auto found = reply.find("service");
  if (found == reply.end() || !found->is_object())
    throw Error(ErrorKind::network, cat("the reply to ", action, " has no service"),
                "check AWS_ENDPOINT_URL and HTTPS_PROXY");
  return std::move(*found);
}

// One for each call, so that a deleted service can be created again.
std::string client_token(const Session& session, const json& request) {
  const auto seed = cat(request.dump(), session.runtime.clock().time_since_epoch().count(), session.runtime.random());
  return hex(sha256(as_bytes(seed))).substr(0, 36);
}

}  // namespace

std::optional<json> find_service(const Session& session, const ServiceId& id) {
  json reply;
  try {
    reply = call(session, Service::ecs, "DescribeServices",
                 {{"cluster", id.cluster}, {"services", {id.name}}, {"include", {"TAGS"}}});
  } catch (const Error& error) {
    if (error.service().code == "ClusterNotFoundException") return std::nullopt;
    throw;
  }
  const auto& services = list_of(reply, "services");
  if (services.empty() || text_of(services[0], "status") == "INACTIVE") return std::nullopt;
  return services[0];
}

json create_service(const Session& session, const json& request) {
  json with_token = request;
  with_token["clientToken"] = client_token(session, request);
  return service_of(call(session, Service::ecs, "CreateService", with_token), "ecs:CreateService");
}

json update_service(const Session& session, const json& request) {
  return service_of(call_once(session, Service::ecs, "UpdateService", request), "ecs:UpdateService");
}

const json& primary_deployment(const json& service) {
  static const json none;
  for (const auto& deployment : list_of(service, "deployments"))
    if (text_of(deployment, "status") == "PRIMARY") return deployment;
  return none;
}

}  // namespace lapstrake::aws
