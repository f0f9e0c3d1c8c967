#include "live_service.hpp"

#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/tasks/session.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "service_target.hpp"

namespace lapstrake::app {

aws::Session session_of(const Context& context, const spec::Project& project) {
  std::vector<const spec::Image*> images;
  for (const auto& image : project.images) images.push_back(&image);
  return session_for_tasks(Network(context, project.registries), images);
}

LiveService live_service(const aws::Session& session, const spec::Project& project, const std::string& name) {
  const auto* service = choose_services(project, {name}).front();
  const auto id = id_of(*service);
  auto document = aws::find_service(session, id);
  if (!document)
    throw Error(ErrorKind::usage, cat("the service `", id.name, "` does not exist in the cluster `", id.cluster, "`"),
                cat("create it with `lapstrake deploy ", name, "`"));
  return {service, id, *std::move(document)};
}

}  // namespace lapstrake::app
