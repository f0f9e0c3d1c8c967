// The logs of a task's containers in CloudWatch Logs.
#pragma once
#include <lapstrake/app/deploy/log_line.hpp>
#include <lapstrake/aws/call.hpp>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::app {

struct LogStream {
  std::string group, stream, region;  // region: empty for that of the session
};

// Where the log driver `awslogs` writes the lines of one container of a task ("PREFIX/CONTAINER/TASK", Amazon ECS
// Developer Guide, "awslogs log driver"); nothing for other drivers and without a prefix.
std::optional<LogStream> log_stream(const nlohmann::json& task_definition, const std::string& container,
                                    const std::string& task_id);

// The last `most` lines; none if the stream does not exist (yet). Failures are Errors.
std::vector<LogLine> last_lines(const aws::Session& session, const LogStream& stream, std::size_t most);

// Reads a stream that grows: each call of next() returns the new lines.
class LogReader {
 public:
  LogReader(const aws::Session& session, LogStream stream);
  std::vector<LogLine> next();

 private:
  aws::Session session_;
  LogStream stream_;
  std::string token_ = {};
};

}  // namespace lapstrake::app
