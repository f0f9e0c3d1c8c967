// `lapstrake diff`: shows the differences between two images.
#include <lapstrake/app/inspect/diff.hpp>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "diff_report.hpp"
#include "results.hpp"

namespace lapstrake::cli {
namespace {

int diff(CommandContext& command) {
  const auto& arguments = command.arguments();
  const auto project = command.project_if_any(arguments);
  const auto found = app::diff(command.context(), project ? &*project : nullptr, arguments.front(), arguments.back());
  command.clear();
  if (command.options().json)
    print_json(command.printer(), diff_json(found));
  else
    command.printer().result(diff_report(found));
  return 0;
}

}  // namespace

Command diff_command() {
  return {
      .name = "diff",
      .summary = "show the differences between two images",
      .usage = "A B",
      .examples = R"(  lapstrake diff web registry.example/team/web:1.4
  lapstrake diff oci:before:v1 oci:after:v1 --json
)",
      .description = R"(Compares the configs, member by member; the layers; and the files that a
container would see: type, content (SHA-256), link target, mode, owner, extended
attributes. Ignores timestamps and the history. A and B take the same forms as
REF of `lapstrake inspect`. If both are indexes, compares every platform that
both have.

Prints nothing if A and B have the same digest. Exits 0 whether they differ or
not; scripts read `same` in the output of --json.
)",
      .arguments = {.least = 2, .most = 2, .rule = "needs exactly two arguments: the images A and B"},
      .run = diff,
  };
}

}  // namespace lapstrake::cli
