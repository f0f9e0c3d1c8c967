#include "logs.hpp"

#include <algorithm>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>
#include <utility>

#include "timestamps.hpp"

namespace lapstrake::app {
namespace {

using nlohmann::json;

constexpr int most_pages = 100;  // of one read: a stream with more is continued by the next one

const json* container_called(const json& task_definition, const std::string& name) {
  for (const auto& container : aws::list_of(task_definition, "containerDefinitions"))
    if (aws::text_of(container, "name") == name) return &container;
  return nullptr;
}

// The time of a log event is in milliseconds.
LogLine line_of(const json& event) {
  const auto& at = aws::member_of(event, "timestamp");
  const auto time = time_of(at.is_number() ? json(at.get<double>() / 1000) : json());
  return {time.value_or(std::chrono::system_clock::time_point()), aws::text_of(event, "message")};
}

// Nothing when the stream does not exist: a container that never started has none.
std::optional<json> get_events(const aws::Session& session, const json& input) {
  try {
    return aws::call(session, aws::Service::logs, "GetLogEvents", input);
  } catch (const Error& error) {
    if (error.service().code == "ResourceNotFoundException") return std::nullopt;
    throw;
  }
}

aws::Session session_for(aws::Session session, const LogStream& stream) {
  if (!stream.region.empty()) session.region = stream.region;
  return session;
}

}  // namespace

std::optional<LogStream> log_stream(const json& task_definition, const std::string& container,
                                    const std::string& task_id) {
  const auto* definition = container_called(task_definition, container);
  if (definition == nullptr) return std::nullopt;
  const auto& configuration = aws::member_of(*definition, "logConfiguration");
  const auto& options = aws::member_of(configuration, "options");
  const auto group = aws::text_of(options, "awslogs-group"), prefix = aws::text_of(options, "awslogs-stream-prefix");
  if (aws::text_of(configuration, "logDriver") != "awslogs" || group.empty() || prefix.empty()) return std::nullopt;
  return LogStream{group, cat(prefix, "/", container, "/", task_id), aws::text_of(options, "awslogs-region")};
}

std::vector<LogLine> last_lines(const aws::Session& session, const LogStream& stream, std::size_t most) {
  const auto reply = get_events(session_for(session, stream),
                                {{"logGroupName", stream.group}, {"logStreamName", stream.stream}, {"limit", most}});
  std::vector<LogLine> lines;
  if (reply)
    for (const auto& event : aws::list_of(*reply, "events")) lines.push_back(line_of(event));
  return lines;
}

LogReader::LogReader(const aws::Session& session, LogStream stream)
    : session_(session_for(session, stream)), stream_(std::move(stream)) {}

std::vector<LogLine> LogReader::next() {
  std::vector<LogLine> lines;
  for (int page = 0; page < most_pages; ++page) {
    json input = {{"logGroupName", stream_.group}, {"logStreamName", stream_.stream}, {"startFromHead", true}};
    if (!token_.empty()) input["nextToken"] = token_;
    const auto reply = get_events(session_, input);
    if (!reply) break;
    for (const auto& event : aws::list_of(*reply, "events")) lines.push_back(line_of(event));
    // At the end of the stream the reply has the token of the request (CloudWatch Logs API Reference, GetLogEvents).
    const auto next = aws::text_of(*reply, "nextForwardToken");
    if (next.empty() || next == token_) break;
    token_ = next;
  }
  return lines;
}

}  // namespace lapstrake::app
