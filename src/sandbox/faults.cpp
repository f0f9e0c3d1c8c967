#include "faults.hpp"

#include <algorithm>
#include <initializer_list>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr const char* reference = "docs/reference/sandbox.md shows rules that work";

[[noreturn]] void refuse(const std::string& where, std::string_view why) {
  throw Error(Fault::usage, cat("the fault script is wrong at `", where, "`: ", why), reference);
}

void check_members(const Json& object, const std::string& where, std::initializer_list<std::string_view> known) {
  if (!object.is_object()) refuse(where, "it must be an object");
  for (const auto& [name, value] : object.items())
    if (std::find(known.begin(), known.end(), name) == known.end())
      refuse(where.empty() ? name : cat(where, ".", name),
             cat("there is no such member; known are ", join({known.begin(), known.end()}, ", ")));
}

std::uint64_t number(const Json& value, const std::string& where, std::uint64_t least, std::uint64_t most) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() < least || value.get<std::uint64_t>() > most)
    refuse(where, cat("it must be a whole number from ", least, " to ", most));
  return value.get<std::uint64_t>();
}

std::string text(const Json& value, const std::string& where) {
  if (!value.is_string()) refuse(where, "it must be a text");
  return value.get<std::string>();
}

bool yes(const Json& value, const std::string& where) {
  if (!value.is_boolean()) refuse(where, "it must be true or false");
  return value.get<bool>();
}

Misfortune::Reset reset(const Json& value, const std::string& where) {
  const std::string when = text(value, where);
  if (when == "before") return Misfortune::Reset::before;
  if (when == "body") return Misfortune::Reset::body;
  if (when == "headers") return Misfortune::Reset::headers;
  if (when == "after") return Misfortune::Reset::after;
  refuse(where, "it must be one of before, body, headers, after");
}

std::chrono::seconds skew(const Json& value, const std::string& where) {
  constexpr std::int64_t most = 400 * 86'400;
  if (!value.is_number_integer() || value.get<std::int64_t>() < -most || value.get<std::int64_t>() > most)
    refuse(where, cat("it must be a whole number of seconds, at most ", most, " either way"));
  return std::chrono::seconds(value.get<std::int64_t>());
}

void read_headers(const Json& object, const std::string& where, Misfortune& act) {
  if (!object.is_object()) refuse(where, "it must be an object");
  for (const auto& [name, value] : object.items()) {
    const std::string at = cat(where, ".", name);
    if (name.empty() || name.find_first_of(": \r\n\t") != std::string::npos) refuse(at, "it is not a header's name");
    if (value.is_null()) {
      act.headers[name] = std::nullopt;
      continue;
    }
    if (text(value, at).find_first_of("\r\n") != std::string::npos) refuse(at, "a header has one line");
    act.headers[name] = text(value, at);
  }
}

Misfortune parse_act(const Json& object, const std::string& where) {
  check_members(object, where,
                {"delay_ms", "reset", "at_percent", "hang_up", "status", "body", "headers", "truncate", "corrupt",
                 "skew_s", "expire_token"});
  if (object.empty()) refuse(where, "it does nothing");
  Misfortune act;
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
  }
  if (object.contains("body") && !act.status) refuse(cat(where, ".body"), "it needs a `status` beside it");
  if (object.contains("at_percent") && act.reset != Misfortune::Reset::body)
    refuse(cat(where, ".at_percent"), "it needs `\"reset\": \"body\"` beside it");
  return act;
}

FaultRule parse_rule(const Json& object, const std::string& where) {
  check_members(object, where, {"match", "nth", "from", "to", "every", "do"});
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
      refuse(cat(where, ".nth"), "it stands alone, without `from`, `to` and `every`");
    count("nth", rule.from);
    rule.to = rule.from;
  }
  count("from", rule.from);
  count("to", rule.to);
  count("every", rule.every);
  if (object.contains("every") && !object.contains("from")) rule.from = rule.every;
  if (rule.to < rule.from) refuse(cat(where, ".to"), "it is less than `from`");
  if (!object.contains("do")) refuse(cat(where, ".do"), "it is missing");
  rule.act = parse_act(object["do"], cat(where, ".do"));
  return rule;
}

}  // namespace

std::vector<FaultRule> parse_faults(const std::string& script) {
  if (trim(script).empty()) return {};
  Json document;
  try {
    document = parse_json(script, "the fault script", {.comments = true});
  } catch (const Error& error) {
    throw Error(Fault::usage, error.summary(), reference).because(error.reason());
  }
  check_members(document, "", {"rules"});
  if (!document.contains("rules") || !document["rules"].is_array()) refuse("rules", "it must be a list");
  std::vector<FaultRule> rules;
  for (const auto& rule : document["rules"]) rules.push_back(parse_rule(rule, cat("rules[", rules.size(), "]")));
  return rules;
}

bool matches(std::string_view glob, std::string_view text) {
  // Greedy with one point to come back to: linear in practice, never exponential.
  std::size_t g = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      mark = t;
    } else if (g < glob.size() && glob[g] == text[t]) {
      ++g, ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', g) == std::string_view::npos;
}

void Faults::set(std::vector<FaultRule> rules) {
  const std::lock_guard lock(mutex_);
  counts_.assign(rules.size(), 0);
  rules_ = std::move(rules);
}

Misfortune Faults::next(const std::string& method, const std::string& host, const std::string& path,
                        const std::string& query, const std::string& operation) {
  const std::lock_guard lock(mutex_);
  const FaultRule* acting = nullptr;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const auto& rule = rules_[i];
    const bool with_query = rule.path.find('?') != std::string::npos;
    const std::string target = with_query ? cat(path, "?", query) : path;
    if (!(rule.method.empty() || matches(rule.method, method)) || !(rule.host.empty() || matches(rule.host, host)) ||
        !(rule.path.empty() || matches(rule.path, target)) ||
        !(rule.operation.empty() || matches(rule.operation, operation)))
      continue;
    const std::uint64_t count = ++counts_[i];
    if (acting == nullptr && count >= rule.from && count <= rule.to && (count - rule.from) % rule.every == 0)
      acting = &rule;
  }
  return acting == nullptr ? Misfortune{} : acting->act;
}

}  // namespace lapstrake::sandbox
