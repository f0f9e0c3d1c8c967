#include "logs_state.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "input.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_log_bytes = 64u << 20;  // of all events
constexpr std::size_t most_log_names = 10'000;     // groups of a region, and streams of a group
constexpr std::size_t bytes_of_event = 64;         // beside its text
constexpr std::size_t most_log_page = 10'000;

std::int64_t milliseconds(Time time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

[[noreturn]] void refuse_missing(const std::string& what) {
  throw ApiFailure{"ResourceNotFoundException", cat("The specified log ", what, " does not exist.")};
}

[[noreturn]] void refuse_log_parameter(std::string message) {
  throw ApiFailure{"InvalidParameterException", std::move(message)};
}

// "f/12": the place in the stream.
std::size_t token_place(const std::string& token) {
  const auto number = parse_integer(token.size() > 2 ? token.substr(2) : "");
  if (!number || *number < 0) refuse_log_parameter("The specified nextToken is invalid.");
  return static_cast<std::size_t>(*number);
}

std::int64_t time_member(const Json& input, const char* name, std::int64_t usual) {
  if (!input.contains(name)) return usual;
  if (!input[name].is_number_integer()) refuse_kind(input[name], aws::ModelShape::Kind::integer);
  return input[name];
}

std::size_t limit_of(const Json& input) {
  const auto limit = time_member(input, "limit", static_cast<std::int64_t>(most_log_page));
  if (limit < 1 || limit > static_cast<std::int64_t>(most_log_page))
    refuse_log_parameter(cat("limit must be from 1 to ", most_log_page, "."));
  return static_cast<std::size_t>(limit);
}

struct TimeRange {
  explicit TimeRange(const Json& input)
      : from(time_member(input, "startTime", 0)),
        to(time_member(input, "endTime", std::numeric_limits<std::int64_t>::max())) {}
  bool contains(std::int64_t time) const { return time >= from && time < to; }
  std::int64_t from, to;
};

Json shown_event(const LogEvent& event) {
  return {{"timestamp", event.time}, {"message", event.text}, {"ingestionTime", event.ingested}};
}

// All words of a pattern occur in the text, with "quotes" as one. Patterns of fields ([...], {...}) are not supported.
bool passes_pattern(const std::string& pattern, const std::string& text) {
  std::string word;
  bool is_quoted = false, passes = true;
  const auto end_word = [&] {
    passes = passes && text.find(word) != std::string::npos;
    word.clear();
  };
  for (const char c : pattern)
    if (c == '"') {
      is_quoted = !is_quoted;
    } else if (c == ' ' && !is_quoted) {
      end_word();
    } else {
      word += c;
    }
  end_word();
  return passes;
}

std::string group_arn(const std::string& name, const Caller& caller) {
  return cat("arn:aws:logs:", caller.region, ":", caller.account, ":log-group:", name);
}

Json paged(Json input, const char* list, std::vector<Json> items) {
  if (input.contains("limit")) input["maxResults"] = input["limit"];
  return page(input, list, std::move(items), 50, 50);
}

}  // namespace

bool LogsState::add(LogStream& stream, LogEvent event) {
  const auto size = event.text.size() + bytes_of_event;
  if (bytes_ + size > most_log_bytes) return false;
  bytes_ += size;
  // Events are in the order of their time.
  const auto after = std::upper_bound(stream.events.begin(), stream.events.end(), event.time,
                                      [](std::int64_t time, const LogEvent& other) { return time < other.time; });
  stream.events.insert(after, std::move(event));
  return true;
}

void LogsState::write(const std::string& region, const std::string& group, const std::string& stream,
                      const std::string& text, Time now) {
  const std::lock_guard lock(mutex_);
  auto& groups = regions_[region];
  if (!groups.contains(group) && groups.size() >= most_log_names) return;
  const auto at = milliseconds(now);
  auto& streams = groups.try_emplace(group, LogGroup{at, {}}).first->second.streams;
  if (!streams.contains(stream) && streams.size() >= most_log_names) return;
  (void)add(streams.try_emplace(stream, LogStream{at, {}}).first->second, {at, at, text});
}

LogGroup& LogsState::group_of(const Json& input, const Caller& caller) {
  auto name = text_member(input, "logGroupName");
  if (name.empty()) name = text_member(input, "logGroupIdentifier");
  if (const auto at = name.find(":log-group:"); at != std::string::npos) name = name.substr(at + 11);
  auto& groups = regions_[caller.region];
  const auto found = groups.find(name);
  if (found == groups.end()) refuse_missing("group");
  return found->second;
}

LogStream& LogsState::stream_of(const Json& input, const Caller& caller) {
  auto& streams = group_of(input, caller).streams;
  const auto found = streams.find(text_member(input, "logStreamName"));
  if (found == streams.end()) refuse_missing("stream");
  return found->second;
}

Json LogsState::get_events(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  const TimeRange range(input);
  std::vector<const LogEvent*> events;
  for (const auto& event : stream_of(input, caller).events)
    if (range.contains(event.time)) events.push_back(&event);
  const auto token = text_member(input, "nextToken");
  const auto limit = limit_of(input);
  const bool from_head = input.value("startFromHead", false);
  std::size_t first = from_head || events.size() < limit ? 0 : events.size() - limit;
  if (!token.empty()) first = std::min(token_place(token), events.size());
  if (token.starts_with("b/")) first -= std::min(first, limit);
  const auto last =
      token.starts_with("b/") ? std::min(token_place(token), events.size()) : std::min(events.size(), first + limit);
  Json list = Json::array();
  for (std::size_t i = first; i < last; ++i) list.push_back(shown_event(*events[i]));
  return {{"events", list}, {"nextForwardToken", cat("f/", last)}, {"nextBackwardToken", cat("b/", first)}};
}

Json LogsState::filter_events(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  const TimeRange range(input);
  const auto pattern = text_member(input, "filterPattern"), prefix = text_member(input, "logStreamNamePrefix");
  const auto names = texts_member(input, "logStreamNames");
  std::vector<std::pair<const LogEvent*, const std::string*>> found;
  for (const auto& entry : group_of(input, caller).streams) {
    const bool is_asked = names.empty() || std::find(names.begin(), names.end(), entry.first) != names.end();
    if (!is_asked || !entry.first.starts_with(prefix)) continue;
    for (const auto& event : entry.second.events)
      if (range.contains(event.time) && passes_pattern(pattern, event.text)) found.emplace_back(&event, &entry.first);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first->time < b.first->time; });
  const auto token = text_member(input, "nextToken");
  const auto first = std::min(token.empty() ? 0 : token_place(token), found.size());
  const auto last = std::min(found.size(), first + limit_of(input));
  Json list = Json::array();
  for (std::size_t i = first; i < last; ++i) {
    list.push_back(shown_event(*found[i].first));
    list.back()["logStreamName"] = *found[i].second;
    list.back()["eventId"] = cat(found[i].first->time, "-", i);
  }
  Json out = {{"events", list}, {"searchedLogStreams", Json::array()}};
  if (last < found.size()) out["nextToken"] = cat("f/", last);
  return out;
}

Json LogsState::describe_groups(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  const auto prefix = text_member(input, "logGroupNamePrefix");
  std::vector<Json> groups;
  for (const auto& [name, group] : regions_[caller.region])
    if (name.starts_with(prefix))
      groups.push_back({{"logGroupName", name},
                        {"creationTime", group.created},
                        {"metricFilterCount", 0},
                        {"storedBytes", 0},
                        {"logGroupClass", "STANDARD"},
                        {"logGroupArn", group_arn(name, caller)},
                        {"arn", group_arn(name, caller) + ":*"}});
  return paged(input, "logGroups", std::move(groups));
}

Json LogsState::describe_streams(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  const auto prefix = text_member(input, "logStreamNamePrefix");
  const auto arn = group_arn(text_member(input, "logGroupName"), caller);
  std::vector<Json> streams;
  for (const auto& [name, stream] : group_of(input, caller).streams) {
    if (!name.starts_with(prefix)) continue;
    streams.push_back({{"logStreamName", name},
                       {"creationTime", stream.created},
                       {"storedBytes", 0},
                       {"arn", cat(arn, ":log-stream:", name)}});
    if (stream.events.empty()) continue;
    streams.back().update({{"firstEventTimestamp", stream.events.front().time},
                           {"lastEventTimestamp", stream.events.back().time},
                           {"lastIngestionTime", stream.events.back().ingested}});
  }
  if (text_member(input, "orderBy") == "LastEventTime")
    std::stable_sort(streams.begin(), streams.end(), [](const Json& a, const Json& b) {
      return a.value("lastEventTimestamp", std::int64_t{0}) < b.value("lastEventTimestamp", std::int64_t{0});
    });
  if (input.value("descending", false)) std::reverse(streams.begin(), streams.end());
  return paged(input, "logStreams", std::move(streams));
}

Json LogsState::put_events(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& stream = stream_of(input, caller);
  const auto& events = input.at("logEvents");
  if (!events.is_array() || events.empty() || events.size() > most_log_page)
    refuse_log_parameter(cat("logEvents must have from 1 to ", most_log_page, " elements."));
  for (const auto& event : events)
    if (!add(stream,
             {event.at("timestamp").get<std::int64_t>(), milliseconds(caller.now), text_member(event, "message")}))
      throw ApiFailure{"LimitExceededException", "The sandbox stores no more log events."};
  return {{"nextSequenceToken", cat(stream.events.size())}};
}

Json LogsState::create_group(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& groups = regions_[caller.region];
  const auto name = text_member(input, "logGroupName");
  if (name.empty() || name.size() > 512) refuse_log_parameter("logGroupName must have from 1 to 512 characters.");
  if (groups.size() >= most_log_names) throw ApiFailure{"LimitExceededException", "The sandbox stores no more groups."};
  if (!groups.try_emplace(name, LogGroup{milliseconds(caller.now), {}}).second)
    throw ApiFailure{"ResourceAlreadyExistsException", "The specified log group already exists"};
  return Json::object();
}

Json LogsState::create_stream(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  auto& streams = group_of(input, caller).streams;
  const auto name = text_member(input, "logStreamName");
  if (name.empty() || name.size() > 512) refuse_log_parameter("logStreamName must have from 1 to 512 characters.");
  if (streams.size() >= most_log_names)
    throw ApiFailure{"LimitExceededException", "The sandbox stores no more streams."};
  if (!streams.try_emplace(name, LogStream{milliseconds(caller.now), {}}).second)
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
