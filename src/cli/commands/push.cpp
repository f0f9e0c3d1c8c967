// `lapstrake push`: builds images and pushes them.
#include <lapstrake/app/publish/push.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "results.hpp"
#include "shared_options.hpp"

namespace lapstrake::cli {
namespace {

struct PushOptions {
  bool create_repository = false;
  CacheOptions cache{};
};

int push(CommandContext& command, const PushOptions& options) {
  const auto project = command.project();
  auto context = command.context();
  options.cache.apply(command, context);
  auto results = nlohmann::ordered_json::array();
  print_results(command, results, [&] {
    app::push(context, project, command.arguments(), {.create_repository = options.create_repository},
              [&](const app::PushedImage& image) {
                results.push_back(json_of(image));
                for (const auto& reference : image.references) command.print_line(reference.text());
              });
  });
  return 0;
}

}  // namespace

Command push_command() {
  const auto options = std::make_shared<PushOptions>();
  return {
      .name = "push",
      .summary = "build images and push them to their registries",
      .usage = "[IMAGE...]",
      .examples = R"(  lapstrake push                        # all images with a repository
  lapstrake push web --create-repository
  lapstrake push --image web=oci:out:v1 web   # an image built earlier
)",
      .description = R"(Builds the images, then uploads only the blobs that are missing in the registry,
then the manifest, then the tags. Prints one line `repository:tag@sha256:...`
for each tag.
)",
      .arguments = {.most = any_number},
      .options = joined(options->cache.list(), {create_repository_option(options->create_repository)}),
      .needs_network = true,
      .needs_store = true,
      .run = [options](CommandContext& command) { return push(command, *options); },
  };
}

}  // namespace lapstrake::cli
