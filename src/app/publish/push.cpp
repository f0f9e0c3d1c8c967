#include <algorithm>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/publish/push.hpp>
#include <lapstrake/app/publish/push_image.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::app {

std::vector<PushedImage> push(const Context& context, const spec::Project& project,
                              const std::vector<std::string>& names, const PushSettings& settings,
                              const std::function<void(const PushedImage&)>& each) {
  auto images = choose_images(project, names);
  if (names.empty())
    std::erase_if(images, [&](const auto* image) {
      return image->repository.empty() && !context.images.prebuilt.contains(image->name);
    });
  for (const auto* image : images) require_pushable(context, *image);
  if (images.empty())
    throw Error(ErrorKind::usage, cat("no image of `", project.file.string(), "` has a `repository:`"),
                "add `repository: HOST/NAME` to the images to push");
  const auto store = store::Store::open(context.store_root);
  const Network network(context, project.registries);
  std::vector<PushedImage> pushed;
  for (const auto* image : images) {
    const auto resolved = resolve(context, network, project, *image, store);
    pushed.push_back(push_resolved(context, network, resolved, store, settings));
    if (each) each(pushed.back());
  }
  return pushed;
}

}  // namespace lapstrake::app
