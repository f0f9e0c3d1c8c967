// `lapstrake emit`: prints files that other deployment pipelines expect.
#include <algorithm>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/tasks/emit.hpp>
#include <lapstrake/app/tasks/register.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

const std::vector<std::string>& formats() {
  static const std::vector<std::string> all = {"imagedefinitions", "imagedetail",    "taskdef",
                                               "appspec",          "cloudformation", "github-matrix"};
  return all;
}

// One entry for each image and platform.
std::string github_matrix(const spec::Project& project) {
  auto include = ordered_json::array();
  for (const auto& image : project.images)
    for (const auto& platform : image.platforms)
      include.push_back({{"image", image.name}, {"platform", platform.text()}});
  return ordered_json{{"include", include}}.dump();
}

std::string of_task(const std::string& format, const std::string& document) {
  if (format == "imagedefinitions") return app::image_definitions(document);
  if (format == "imagedetail") return app::image_detail(document);
  if (format == "cloudformation") return app::cloudformation(document);
  return ordered_json::parse(document).dump(2);
}

// The one task or service that is meant.
template <class Item>
std::vector<std::string> chosen(CommandContext& command, const std::vector<Item>& items, std::string_view what) {
  const std::vector<std::string> names(command.arguments().begin() + 1, command.arguments().end());
  if (names.empty() && items.size() > 1)
    throw Error(ErrorKind::usage, cat("the spec has several ", what, "s"),
                cat("name one: `lapstrake emit ", command.arguments().front(), " NAME`"));
  return names;
}

int emit(CommandContext& command) {
  const auto& format = command.arguments().front();
  if (format == "github-matrix") {
    command.printer().json_result(cat(github_matrix(command.unpinned_project()), "\n"));
    return 0;
  }
  const auto project = command.project();
  if (format == "appspec") {
    const auto services = app::choose_services(project, chosen(command, project.services, "service"));
    command.printer().json_result(cat(app::app_spec(*services.front()), "\n"));
    return 0;
  }
  const auto tasks = app::pinned_tasks(command.context(), project, chosen(command, project.tasks, "task"));
  command.clear();
  command.printer().json_result(cat(of_task(format, tasks.front().document), "\n"));
  return 0;
}

}  // namespace

Command emit_command() {
  return {
      .name = "emit",
      .summary = "print files that other deployment pipelines expect",
      .usage = "FORMAT [TASK|SERVICE]",
      .examples = R"(  lapstrake emit imagedefinitions web > imagedefinitions.json
  lapstrake emit taskdef web > taskdef.json
  lapstrake emit appspec web > appspec.json
  lapstrake emit github-matrix           # for `strategy.matrix`
)",
      .description = R"(FORMAT is one of

imagedefinitions  CodePipeline's standard action for ECS: container and image
imagedetail       CodePipeline's blue/green action: the image of a task
taskdef           the task definition, with its images pinned by digest
appspec           CodeDeploy, for a service with a load balancer
cloudformation    a template with the task definition
github-matrix     images and platforms for a job matrix of GitHub Actions

Builds the images into the store to know their digests; sends nothing. Push the
images with `lapstrake push`.
)",
      .arguments = {.least = 1, .most = 2, .rule = cat("needs a format: ", join(formats(), ", ")), .choices = {}},
      .needs_store = true,
      .run =
          [](CommandContext& command) {
            const auto& all = formats();
            const auto& format = command.arguments().front();
            if (std::find(all.begin(), all.end(), format) == all.end()) {
              const auto near = nearest(format, all);
              throw Error(ErrorKind::usage, cat("unknown format `", printable(format), "`"),
                          near ? cat("did you mean `", *near, "`?") : cat("the formats are: ", join(all, ", ")));
            }
            return emit(command);
          },
  };
}

}  // namespace lapstrake::cli
