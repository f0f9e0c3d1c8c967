// `lapstrake logs`: shows the logs of a service.
#include <lapstrake/app/deploy/operate.hpp>
#include <lapstrake/base/text.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "results.hpp"

namespace lapstrake::cli {
namespace {

int show_logs(CommandContext& command, const app::LogSettings& settings) {
  const auto project = command.project();
  app::logs(
      command.context(), project, command.arguments().front(), settings,
      [&](const std::string& task, const std::string& container, const app::LogLine& line) {
        if (command.options().json)
          return print_json_line(command.printer(), {{"task", task}, {"container", container}, {"text", line.text}});
        command.print_line(cat(task.substr(0, 8), " ", container, " | ", printable(line.text, 8000)));
      });
  return 0;
}

}  // namespace

Command logs_command() {
  const auto settings = std::make_shared<app::LogSettings>();
  return {
      .name = "logs",
      .summary = "show the logs of a service's running tasks",
      .usage = "SERVICE",
      .examples = R"(  lapstrake logs web
  lapstrake logs web --follow
)",
      .description = R"(Reads CloudWatch Logs for containers with the log driver `awslogs` and an
`awslogs-stream-prefix`: the last lines of every running task of the service.
)",
      .arguments = {.least = 1, .most = 1, .rule = "needs exactly one argument: the service"},
      .options = {flag("--follow", "go on with new lines until you press Ctrl-C", settings->follows),
                  number("--lines", "N", "lines of each container; 100 by default", 1, 10'000,
                         [settings](std::int64_t lines) { settings->most_lines = static_cast<std::size_t>(lines); })},
      .needs_network = true,
      .needs_store = true,
      .run = [settings](CommandContext& command) { return show_logs(command, *settings); },
  };
}

}  // namespace lapstrake::cli
