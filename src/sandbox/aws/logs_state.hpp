// CloudWatch Logs in the sandbox.
#pragma once
#include <lapstrake/sandbox/aws/api.hpp>
#include <map>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace lapstrake::sandbox {

class LogsState {
 public:
  // Creates the group and the stream as the log driver does.
  void write(const std::string& region, const std::string& group, const std::string& stream, const std::string& text,
             Time now);
  // `state` must live as long as the result.
  Operations operations();

 private:
  struct Event {
    std::int64_t time;  // in milliseconds
    std::string text;
  };
  using Streams = std::map<std::string, std::vector<Event>>;

  nlohmann::json get_events(const nlohmann::json& input, const Caller& caller);
  nlohmann::json filter_events(const nlohmann::json& input, const Caller& caller);
  nlohmann::json describe_groups(const nlohmann::json& input, const Caller& caller);
  nlohmann::json describe_streams(const nlohmann::json& input, const Caller& caller);
  nlohmann::json put_events(const nlohmann::json& input, const Caller& caller);
  nlohmann::json create_group(const nlohmann::json& input, const Caller& caller);
  nlohmann::json create_stream(const nlohmann::json& input, const Caller& caller);
  Streams& group_of(const nlohmann::json& input, const Caller& caller);
  std::vector<Event>& stream_of(const nlohmann::json& input, const Caller& caller);

  std::mutex mutex_;
  std::map<std::string, std::map<std::string, Streams>> regions_;
};

}  // namespace lapstrake::sandbox
