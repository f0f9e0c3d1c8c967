#include <lapstrake/app/deploy/operate.hpp>
#include <lapstrake/aws/ecs/revisions.hpp>
#include <lapstrake/aws/ecs/tasks.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <map>

#include "live_service.hpp"
#include "logs.hpp"

namespace lapstrake::app {
namespace {

using nlohmann::json;

constexpr std::size_t most_followed_tasks = 20;
constexpr std::chrono::milliseconds log_poll{2000};

struct Followed {
  std::string task, container;
  LogStream stream;
  LogReader reader;
};

std::vector<Followed> streams_of(const aws::Session& session, const LiveService& live) {
  std::vector<Followed> out;
  std::map<std::string, json> definitions;
  const auto arns = aws::task_arns(session, live.id, aws::TaskState::running, most_followed_tasks);
  for (const auto& task : aws::describe_tasks(session, live.id.cluster, arns)) {
    const auto arn = aws::text_of(task, "taskDefinitionArn"), id = aws::task_id(aws::text_of(task, "taskArn"));
    auto& definition = definitions[arn];
    if (definition.is_null()) definition = aws::describe_revision(session, arn);
    for (const auto& container : aws::list_of(definition, "containerDefinitions")) {
      const auto name = aws::text_of(container, "name");
      if (auto stream = log_stream(definition, name, id))
        out.push_back({.task = id, .container = name, .stream = *stream, .reader = LogReader(session, *stream)});
    }
  }
  return out;
}

}  // namespace

void logs(const Context& context, const spec::Project& project, const std::string& service, const LogSettings& settings,
          const std::function<void(const std::string& task, const std::string& container, const LogLine&)>& on_line) {
  const auto session = session_of(context, project);
  const auto live = live_service(session, project, service);
  auto streams = streams_of(session, live);
  if (streams.empty())
    throw Error(ErrorKind::usage, cat("the service `", service, "` has no running task with the log driver awslogs"),
                "set `logConfiguration` with `awslogs-stream-prefix`, or look at the stopped tasks with `lapstrake "
                "status`");
  for (const auto& one : streams)
    for (const auto& line : last_lines(session, one.stream, settings.most_lines))
      on_line(one.task, one.container, line);
  if (!settings.follows) return;
  for (auto& one : streams) (void)one.reader.next();  // those shown above
  while (true) {
    context.runtime.sleep(log_poll);
    stop_point(context.runtime.stop);
    for (auto& one : streams)
      for (const auto& line : one.reader.next()) on_line(one.task, one.container, line);
  }
}

}  // namespace lapstrake::app
