#include <algorithm>
#include <lapstrake/app/tasks/session.hpp>
#include <lapstrake/aws/ecr/host.hpp>

namespace lapstrake::app {
namespace {

std::string region_for(const Network& network, const std::vector<const spec::Image*>& images) {
  if (const auto region = network.user_region()) return *region;
  for (const auto* image : images)
    if (!image->repository.empty())
      if (const auto ecr = aws::parse_ecr_host(oci::parse_registry_reference(image->repository).host))
        return ecr->region;
  return {};
}

}  // namespace

std::vector<const spec::Image*> images_of(const spec::Project& project, const std::vector<const spec::Task*>& tasks) {
  std::vector<const spec::Image*> images;
  for (const auto& image : project.images)
    if (std::any_of(tasks.begin(), tasks.end(), [&](const auto* task) {
          return std::find(task->images.begin(), task->images.end(), image.name) != task->images.end();
        }))
      images.push_back(&image);
  return images;
}

aws::Session session_for_tasks(const Network& network, const std::vector<const spec::Image*>& images) {
  return network.session(region_for(network, images));
}

}  // namespace lapstrake::app
