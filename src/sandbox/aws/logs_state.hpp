// CloudWatch Logs in the sandbox.
#pragma once
#include <deque>
#include <lapstrake/sandbox/aws/api.hpp>
#include <map>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace lapstrake::sandbox {

struct LogEvent {
  std::int64_t time, ingested;  // in milliseconds
  std::string text;
};
struct LogStream {
  std::int64_t created = 0;
  std::vector<LogEvent> events{};
};
struct LogGroup {
  std::int64_t created = 0;
  std::map<std::string, LogStream> streams{};
};

class LogsState {
 public:
  // Creates the group and the stream as the log driver does.
  void write(const std::string& region, const std::string& group, const std::string& stream, const std::string& text,
             Time now);
  // `this` must live as long as the result.
  Operations operations();

 private:
  nlohmann::json get_events(const nlohmann::json& input, const Caller& caller);
  nlohmann::json filter_events(const nlohmann::json& input, const Caller& caller);
  nlohmann::json describe_groups(const nlohmann::json& input, const Caller& caller);
  nlohmann::json describe_streams(const nlohmann::json& input, const Caller& caller);
  nlohmann::json put_events(const nlohmann::json& input, const Caller& caller);
  nlohmann::json create_group(const nlohmann::json& input, const Caller& caller);
  nlohmann::json create_stream(const nlohmann::json& input, const Caller& caller);
  LogGroup& group_of(const nlohmann::json& input, const Caller& caller);
  LogStream& stream_of(const nlohmann::json& input, const Caller& caller);
  // Whether there is room for the event.
  bool add(LogStream& stream, LogEvent event);

  std::mutex mutex_;
  std::size_t bytes_ = 0;  // of all events
  std::map<std::string, std::map<std::string, LogGroup>> regions_;
};

}  // namespace lapstrake::sandbox
