#include "faults.hpp"

#include <algorithm>
#include <initializer_list>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/glob.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr const char* reference = "see docs/reference/sandbox.md for examples";

[[noreturn]] void refuse(const std::string& where, std::string_view why) {
  throw Error(ErrorKind::usage, cat("invalid fault script at `", where, "`: ", why), reference);
}

void check_members(const Json& object, const std::string& where, std::initializer_list<std::string_view> known) {
  if (!object.is_object()) refuse(where, "it must be an object");
  for (const auto& [name, value] : object.items())
    if (std::find(known.begin(), known.end(), name) == known.end())
      refuse(where.empty() ? name : cat(where, ".", name),
             cat("unknown member; known members: ", join({known.begin(), known.end()}, ", ")));
}

std::uint64_t number(const Json& value, const std::string& where, std::uint64_t least, std::uint64_t most) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() < least || value.get<std::uint64_t>() > most)
    refuse(where, cat("it must be a whole number from ", least, " to ", most));
  return value.get<std::uint64_t>();
}

std::string text(const Json& value, const std::string& where) {
  if (!value.is_string()) refuse(where, "it must be a string");
  return value.get<std::string>();
}

bool yes(const Json& value, const std::string& where) {
  if (!value.is_boolean()) refuse(where, "it must be true or false");
  return value.get<bool>();
}

FaultEffect::Reset reset(const Json& value, const std::string& where) {
  const std::string when = text(value, where);
  if (when == "before") return FaultEffect::Reset::before;
  if (when == "body") return FaultEffect::Reset::body;
  if (when == "headers") return FaultEffect::Reset::headers;
  if (when == "after") return FaultEffect::Reset::after;
  refuse(where, "it must be one of before, body, headers, after");
}

std::chrono::seconds skew(const Json& value, const std::string& where) {
  constexpr std::int64_t most = 400 * 86'400;
  if (!value.is_number_integer() || value.get<std::int64_t>() < -most || value.get<std::int64_t>() > most)
    refuse(where, cat("it must be a whole number of seconds, at most ", most, " either way"));
  return std::chrono::seconds(value.get<std::int64_t>());
}

void read_headers(const Json& object, const std::string& where, FaultEffect& act) {
  if (!object.is_object()) refuse(where, "it must be an object");
  for (const auto& [name, value] : object.items()) {
    const std::string at = cat(where, ".", name);
    if (name.empty() || name.find_first_of(": \r\n\t") != std::string::npos)
      refuse(at, "it is not a valid header name");
    if (value.is_null()) {
      act.headers[name] = std::nullopt;
      continue;
    }
    if (text(value, at).find_first_of("\r\n") != std::string::npos) refuse(at, "it must not contain a line break");
    act.headers[name] = text(value, at);
  }
}

FaultEffect parse_act(const Json& object, const std::string& where) {
  check_members(object, where,
                {"delay_ms", "reset", "at_percent", "hang_up", "status", "body", "headers", "truncate", "corrupt",
                 "skew_s", "expire_token", "throttle"});
  if (object.empty()) refuse(where, "it has no effect");
  FaultEffect act;
  for (const auto& [name, value] : object.items()) {
    const std::string at = cat(where, ".", name);
    if (name == "delay_ms") act.delay = std::chrono::milliseconds(number(value, at, 0, 600'000));
    if (name == "reset") act.reset = reset(value, at);
    if (name == "at_percent") act.at_percent = static_cast<unsigned>(number(value, at, 0, 100));
    if (name == "hang_up") act.hang_up = yes(value, at);
    if (name == "status") act.status = static_cast<int>(number(value, at, 200, 599));
    if (name == "body") act.body = text(value, at);
    if (name == "headers") read_headers(value, at, act);
    if (name == "truncate") act.truncate = number(value, at, 0, UINT64_MAX);
    if (name == "corrupt") act.corrupt = yes(value, at);
    if (name == "skew_s") act.skew = skew(value, at);
    if (name == "expire_token") act.expire_token = yes(value, at);
    if (name == "throttle") act.throttle = yes(value, at);
  }
  if (object.contains("body") && !act.status) refuse(cat(where, ".body"), "it requires `status`");
  if (object.contains("at_percent") && act.reset != FaultEffect::Reset::body)
    refuse(cat(where, ".at_percent"), "it requires `\"reset\": \"body\"`");
  return act;
}

FaultRule parse_rule(const Json& object, const std::string& where) {
  check_members(object, where, {"match", "nth", "from", "to", "every", "above_per_second", "do"});
  FaultRule rule;
  if (object.contains("match")) {
    const auto& match = object["match"];
    const std::string at = cat(where, ".match");
    check_members(match, at, {"method", "host", "path", "operation"});
    for (auto [name, target] : {std::pair{"method", &rule.method}, std::pair{"host", &rule.host},
                                std::pair{"path", &rule.path}, std::pair{"operation", &rule.operation}})
      if (match.contains(name)) *target = text(match[name], cat(at, ".", name));
  }
  auto count = [&](const char* name, std::uint64_t& target) {
    if (object.contains(name)) target = number(object[name], cat(where, ".", name), 1, UINT64_MAX);
  };
  if (object.contains("nth")) {
    if (object.contains("from") || object.contains("to") || object.contains("every"))
      refuse(cat(where, ".nth"), "it cannot be combined with `from`, `to` or `every`");
    count("nth", rule.from);
    rule.to = rule.from;
  }
  count("from", rule.from);
  count("to", rule.to);
  count("every", rule.every);
  count("above_per_second", rule.above_per_second);
  if (object.contains("every") && !object.contains("from")) rule.from = rule.every;
  if (rule.to < rule.from) refuse(cat(where, ".to"), "it is less than `from`");
  if (!object.contains("do")) refuse(cat(where, ".do"), "it is missing");
  rule.act = parse_act(object["do"], cat(where, ".do"));
  return rule;
}

}  // namespace

FaultScript parse_faults(const std::string& script) {
  if (trim(script).empty()) return {};
  Json document;
  try {
    document = parse_json(script, "the fault script", {.comments = true});
  } catch (const Error& error) {
    throw Error(ErrorKind::usage, error.summary(), reference).because(error.reason());
  }
  check_members(document, "", {"rules", "deny"});
  const Json rules = document.value("rules", document.contains("deny") ? Json::array() : Json()),
             deny = document.value("deny", Json::array());
  if (!rules.is_array()) refuse("rules", "it must be a list");
  if (!deny.is_array()) refuse("deny", "it must be a list");
  FaultScript out;
  for (const auto& rule : rules) out.rules.push_back(parse_rule(rule, cat("rules[", out.rules.size(), "]")));
  for (const auto& action : deny) out.deny.push_back(text(action, cat("deny[", out.deny.size(), "]")));
  return out;
}

void Faults::set(FaultScript script) {
  const std::lock_guard lock(mutex_);
  tallies_.clear();
  for (const auto& rule : script.rules) tallies_.push_back({.tokens = static_cast<double>(rule.above_per_second)});
  script_ = std::move(script);
}

// A token bucket that holds one second's worth, as ECR's own (docs.aws.amazon.com, "Amazon ECR service quotas").
bool Faults::is_above_rate(const FaultRule& rule, Tally& tally, Moment now) {
  if (rule.above_per_second == 0) return true;
  const auto most = static_cast<double>(rule.above_per_second);
  if (tally.filled != Moment{})
    tally.tokens = std::min(most, tally.tokens + most * std::chrono::duration<double>(now - tally.filled).count());
  tally.filled = now;
  if (tally.tokens < 1) return true;
  tally.tokens -= 1;
  return false;
}

FaultEffect Faults::next(const std::string& method, const std::string& host, const std::string& path,
                         const std::string& query, const std::string& operation, Moment now) {
  const std::lock_guard lock(mutex_);
  const FaultRule* acting = nullptr;
  for (std::size_t i = 0; i < script_.rules.size(); ++i) {
    const auto& rule = script_.rules[i];
    const bool with_query = rule.path.find('?') != std::string::npos;
    const std::string target = with_query ? cat(path, "?", query) : path;
    if (!(rule.method.empty() || matches(rule.method, method)) || !(rule.host.empty() || matches(rule.host, host)) ||
        !(rule.path.empty() || matches(rule.path, target)) ||
        !(rule.operation.empty() || matches(rule.operation, operation)))
      continue;
    const std::uint64_t count = ++tallies_[i].count;
    const bool is_turn = count >= rule.from && count <= rule.to && (count - rule.from) % rule.every == 0;
    if (is_turn && is_above_rate(rule, tallies_[i], now) && acting == nullptr) acting = &rule;
  }
  return acting == nullptr ? FaultEffect{} : acting->act;
}

bool Faults::denies(std::string_view action) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(script_.deny.begin(), script_.deny.end(),
                     [&](const std::string& glob) { return matches(glob, action); });
}

}  // namespace lapstrake::sandbox
