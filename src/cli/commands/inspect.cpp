// `lapstrake inspect`: shows the config, layers and files of an image.
#include <lapstrake/app/inspect/inspect.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "inspect_report.hpp"
#include "results.hpp"

namespace lapstrake::cli {
namespace {

int inspect(CommandContext& command, const app::InspectOptions& options) {
  const auto& arguments = command.arguments();
  const auto project = command.project_if_any(arguments);
  const auto inspection = app::inspect(command.context(), project ? &*project : nullptr, arguments.front(), options);
  command.clear();
  if (command.options().json)
    print_json(command.printer(), inspect_json(inspection));
  else
    command.printer().result(inspect_report(inspection));
  return 0;
}

}  // namespace

Command inspect_command() {
  const auto options = std::make_shared<app::InspectOptions>();
  return {
      .name = "inspect",
      .summary = "show the config, layers and files of an image",
      .usage = "REF [--files] [--referrers]",
      .examples = R"(  lapstrake inspect web                 # the last build in the store
  lapstrake inspect oci:out:v1
  lapstrake inspect registry.example/team/web:1.4 --json
)",
      .description = R"(REF is the name of an image in the spec, host/repo:tag, host/repo@sha256:...,
oci:DIR[:TAG], oci-archive:FILE or docker-archive:FILE.
)",
      .arguments = {.least = 1, .most = 1, .rule = "needs exactly one argument: the image"},
      .options = {flag("--files",
                       "list the files of each layer with mode, owner and size, and the largest paths of the image",
                       options->files),
                  flag("--referrers",
                       "list the artifacts attached to the image in its registry (signatures, SBOMs, attestations)",
                       options->referrers)},
      .run = [options](CommandContext& command) { return inspect(command, *options); },
  };
}

}  // namespace lapstrake::cli
