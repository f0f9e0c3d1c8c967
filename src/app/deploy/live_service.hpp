// A service of the spec as it is in ECS now, and the session to ask about it.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/aws/ecs/services.hpp>
#include <lapstrake/spec/project.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::app {

aws::Session session_of(const Context& context, const spec::Project& project);

struct LiveService {
  const spec::Service* service = nullptr;
  aws::ServiceId id;
  nlohmann::json document;  // DescribeServices
};
// Error{usage} when the spec or ECS does not have it.
LiveService live_service(const aws::Session& session, const spec::Project& project, const std::string& name);

}  // namespace lapstrake::app
