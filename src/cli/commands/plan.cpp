// `lapstrake plan`: shows what a build would change.
#include <lapstrake/app/build/build.hpp>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "plan_report.hpp"
#include "results.hpp"

namespace lapstrake::cli {
namespace {

int plan(CommandContext& command) {
  const auto project = command.project();
  auto context = command.context();
  context.build.dry_run = context.build.explain = true;
  auto results = nlohmann::ordered_json::array();
  print_results(command, results, [&] {
    app::build(context, project, command.arguments(), {}, [&](const app::BuiltImage& image) {
      nlohmann::ordered_json one{{"name", image.name}, {"digest", image.root.digest.text()}};
      one.update(plan_json(image));
      results.push_back(one);
      command.print_line(plan_report(image));
    });
  });
  return 0;
}

}  // namespace

Command plan_command() {
  return {
      .name = "plan",
      .summary = "show what a build would change, and why",
      .usage = "[IMAGE...]",
      .examples = R"(  lapstrake plan                        # all images of lapstrake.yaml
  lapstrake plan web
  lapstrake plan web --json             # every change, for scripts
)",
      .description = R"(Shows for each image what `lapstrake build` would change since the last build
in this store, and why: the base, each layer with the first ten changed paths,
and the settings. Exits 0 whether or not anything changes.

`plan` builds into the store but does not record the result: a second `plan`
prints the same, and the next build is quick. It does not show what a push would
upload, or what changes in task definitions: for the latter, run
`lapstrake register --dry-run`.
)",
      .arguments = {.most = any_number},
      .needs_store = true,
      .run = plan,
  };
}

}  // namespace lapstrake::cli
