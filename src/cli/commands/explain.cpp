// `lapstrake explain`: shows what a package does and why it is there.
#include <lapstrake/app/packages/explain_package.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "explain_report.hpp"
#include "results.hpp"

namespace lapstrake::cli {
namespace {

int explain(CommandContext& command) {
  const auto& name = command.arguments().front();
  const auto project = command.project_if_any({});
  const auto store = store::Store::open(command.store_root());
  const auto found = app::explain_package(command.context(), project ? &*project : nullptr, store, name);
  command.clear();
  if (command.options().json)
    print_json(command.printer(), explain_json(found));
  else
    command.printer().result(explain_report(found));
  return 0;
}

}  // namespace

Command explain_command() {
  return {
      .name = "explain",
      .summary = "show what a package does and why it is there",
      .usage = "PACKAGE",
      .examples = R"(  lapstrake explain nginx-common     # its scripts, effects and files
  lapstrake explain pdo_mysql        # the Debian package of a PHP extension
  lapstrake explain ./tool_1.0_amd64.deb
)",
      .description = R"(Shows the entries of `lapstrake.lock` that have the package, and why. For a
Debian package also its maintainer scripts, which never run: how lapstrake
classifies them, the effects that replace them, and the lines that are not
modelled; then its files. PACKAGE is a package of the lock, a Debian package of
the sources, a PHP extension as docker-php-ext-install names it, or the path of
a .deb file.
)",
      .arguments = {.least = 1, .most = 1, .rule = "needs exactly one argument: the package"},
      .needs_network = true,
      .needs_store = true,
      .run = explain,
  };
}

}  // namespace lapstrake::cli
