// `lapstrake run`: runs a task once.
#include <lapstrake/app/deploy/operate.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <memory>

#include "command.hpp"
#include "command_context.hpp"
#include "results.hpp"
#include "rollout_report.hpp"

#include <nlohmann/json.hpp>

namespace lapstrake::cli {
namespace {

struct RunOptions {
  std::string container{}, service{};
  std::optional<std::string> timeout{};
};

int run_once(CommandContext& command, const RunOptions& options) {
  app::RunSettings settings{.container = options.container, .command = {}, .service = options.service};
  if (!command.program().empty()) settings.command = command.program();
  if (options.timeout) settings.timeout = parse_duration(*options.timeout);
  const auto project = command.project();
  const auto result =
      app::run(command.context(), project, command.arguments().front(), settings, [&](const std::string& line) {
        if (!command.options().json) command.print_line(printable(line, 8000));
      });
  command.clear();
  if (command.options().json)
    print_json(command.printer(),
               {{"task", result.arn},
                {"container", result.container},
                {"exitCode", result.exit_code ? nlohmann::ordered_json(*result.exit_code) : nlohmann::ordered_json()}});
  if (result.exit_code) return static_cast<int>(*result.exit_code);
  throw Error(ErrorKind::deployment,
              cat("the container `", result.container, "` of the task ", result.arn, " never ran"),
              result.failure ? cure_of(*result.failure) : "")
      .because(result.failure ? text_of(*result.failure) : "");
}

}  // namespace

Command run_command() {
  const auto options = std::make_shared<RunOptions>();
  return {
      .name = "run",
      .summary = "run a task once, with its log and exit code",
      .usage = "TASK [-- COMMAND...]",
      .examples = R"(  lapstrake run api -- ./manage.py migrate
  lapstrake run report --container worker
)",
      .description = R"(Starts the newest active revision of a task of the spec, in the cluster and
network of a service that uses it, shows the container's log, and exits with the
exit code of the container.
)",
      .arguments = {.least = 1, .most = 1, .rule = "needs exactly one argument: the task"},
      .options = {option("--container", "NAME", "the container; the first essential one by default",
                         options->container),
                  option("--service", "NAME", "the service whose cluster and network the task gets", options->service),
                  option("--timeout", "DURATION", "how long to wait: 90s, 30m, 1h (the default)", options->timeout)},
      .accepts_program = true,
      .needs_network = true,
      .needs_store = true,
      .run = [options](CommandContext& command) { return run_once(command, *options); },
  };
}

}  // namespace lapstrake::cli
