#include "logs_state.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>
#include <nlohmann/json.hpp>

#include "input.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_log_events = 10'000;  // of a stream
constexpr std::int64_t usual_log_page = 1000;

std::int64_t milliseconds(Time time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

[[noreturn]] void refuse_missing(const std::string& what) {
  throw ApiFailure{"ResourceNotFoundException", cat("The specified log ", what, " does not exist.")};
}

// "f/12": the place in the stream.
std::size_t token_place(const std::string& token) {
  const auto number = parse_integer(token.size() > 2 ? token.substr(2) : "");
  if (!number || *number < 0) throw ApiFailure{"InvalidParameterException", "The specified nextToken is invalid."};
  return static_cast<std::size_t>(*number);
}

}  // namespace

void LogsState::write(const std::string& region, const std::string& group, const std::string& stream,
                      const std::string& text, Time now) {
  const std::lock_guard lock(mutex_);
  auto& events = regions_[region][group][stream];
  if (events.size() < most_log_events) events.push_back({milliseconds(now), text});
}

LogsState::Streams& LogsState::group_of(const Json& input, const Caller& caller) {
  auto& groups = regions_[caller.region];
  const auto found = groups.find(text_member(input, "logGroupName"));
  if (found == groups.end()) refuse_missing("group");
  return found->second;
}

std::vector<LogsState::Event>& LogsState::stream_of(const Json& input, const Caller& caller) {
  auto& streams = group_of(input, caller);
  const auto found = streams.find(text_member(input, "logStreamName"));
  if (found == streams.end()) refuse_missing("stream");
  return found->second;
}

Json LogsState::get_events(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  const auto& events = stream_of(input, caller);
  const auto token = text_member(input, "nextToken");
  const auto limit = static_cast<std::size_t>(input.value("limit", usual_log_page));
  const bool from_head = input.value("startFromHead", false);
  std::size_t first = from_head || events.size() < limit ? 0 : events.size() - limit;
  if (!token.empty()) first = std::min(token_place(token), events.size());
  const auto last = std::min(events.size(), first + limit);
  Json list = Json::array();
  for (std::size_t i = first; i < last; ++i)
    list.push_back({{"timestamp", events[i].time}, {"message", events[i].text}, {"ingestionTime", events[i].time}});
  return {{"events", list}, {"nextForwardToken", cat("f/", last)}, {"nextBackwardToken", cat("b/", first)}};
}

Json LogsState::filter_events(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  Json list = Json::array();
  for (const auto& [name, events] : group_of(input, caller)) {
    if (!name.starts_with(text_member(input, "logStreamNamePrefix"))) continue;
    for (const auto& event : events)
      list.push_back({{"logStreamName", name}, {"timestamp", event.time}, {"message", event.text}});
  }
  return {{"events", list}, {"searchedLogStreams", Json::array()}};
}

Json LogsState::describe_groups(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  std::vector<Json> groups;
  for (const auto& [name, streams] : regions_[caller.region])
    if (name.starts_with(text_member(input, "logGroupNamePrefix")))
      groups.push_back({{"logGroupName", name},
                        {"arn", cat("arn:aws:logs:", caller.region, ":", caller.account, ":log-group:", name, ":*")}});
  return page(input, "logGroups", std::move(groups), 50, 50);
}

Json LogsState::describe_streams(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  std::vector<Json> streams;
  for (const auto& [name, events] : group_of(input, caller))
    if (name.starts_with(text_member(input, "logStreamNamePrefix"))) streams.push_back({{"logStreamName", name}});
  return page(input, "logStreams", std::move(streams), 50, 50);
}

Json LogsState::put_events(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& events = stream_of(input, caller);
  for (const auto& event : input.at("logEvents"))
    if (events.size() < most_log_events)
      events.push_back({event.at("timestamp").get<std::int64_t>(), event.at("message").get<std::string>()});
  return {{"nextSequenceToken", cat(events.size())}};
}

Json LogsState::create_group(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  if (!regions_[caller.region].try_emplace(text_member(input, "logGroupName")).second)
    throw ApiFailure{"ResourceAlreadyExistsException", "The specified log group already exists"};
  return Json::object();
}

Json LogsState::create_stream(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  if (!group_of(input, caller).try_emplace(text_member(input, "logStreamName")).second)
    throw ApiFailure{"ResourceAlreadyExistsException", "The specified log stream already exists"};
  return Json::object();
}

Operations LogsState::operations() {
  const auto bound = [this](auto method) {
    return [this, method](const Json& input, const Caller& caller) { return (this->*method)(input, caller); };
  };
  return {{"GetLogEvents", bound(&LogsState::get_events)},
          {"FilterLogEvents", bound(&LogsState::filter_events)},
          {"DescribeLogGroups", bound(&LogsState::describe_groups)},
          {"DescribeLogStreams", bound(&LogsState::describe_streams)},
          {"PutLogEvents", bound(&LogsState::put_events)},
          {"CreateLogGroup", bound(&LogsState::create_group)},
          {"CreateLogStream", bound(&LogsState::create_stream)}};
}

std::shared_ptr<LogsState> new_logs() { return std::make_shared<LogsState>(); }

Operations logs_operations(const std::shared_ptr<LogsState>& logs) {
  Operations operations;
  for (auto& [name, operation] : logs->operations())
    operations[name] = [logs, run = std::move(operation)](const Json& input, const Caller& caller) {
      return run(input, caller);
    };
  return operations;
}

}  // namespace lapstrake::sandbox
