#include "policy.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/api_failure.hpp>

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_policy_bytes = 10'240;  // IAM and STS quotas, inline policies of a role

[[noreturn]] void refuse_policy(std::string why) { throw ApiFailure{"MalformedPolicyDocument", std::move(why)}; }

// A text or a list of texts.
std::vector<std::string> texts_of(const Json& value) {
  if (value.is_string()) return {value.get<std::string>()};
  if (value.is_boolean()) return {value.get<bool>() ? "true" : "false"};
  std::vector<std::string> texts;
  if (value.is_array())
    for (const auto& one : value)
      if (one.is_string()) texts.push_back(one);
  return texts;
}

const Json& element(const Json& statement, const char* name) {
  static const Json none;
  return statement.contains(name) ? statement[name] : none;
}

// Statements are one object or a list.
std::vector<Json> statements_of(const Json& policy) {
  const auto& given = element(policy, "Statement");
  if (given.is_object()) return {given};
  return given.is_array() ? given.get<std::vector<Json>>() : std::vector<Json>{};
}

template <class Matches>
bool any_matches(const Json& patterns, const Matches& matches) {
  const auto texts = texts_of(patterns);
  return std::any_of(texts.begin(), texts.end(), matches);
}

bool covers_action(const Json& statement, const std::string& action) {
  const auto matches = [&](const std::string& pattern) { return matches_wildcards(lower(pattern), lower(action)); };
  if (statement.contains("NotAction")) return !any_matches(statement["NotAction"], matches);
  return any_matches(element(statement, "Action"), matches);
}

bool covers_resource(const Json& statement, const PolicyRequest& request) {
  const auto matches = [&](const std::string& pattern) { return matches_wildcards(pattern, request.resource); };
  if (request.any_resource) return true;
  if (statement.contains("NotResource")) return !any_matches(statement["NotResource"], matches);
  return any_matches(element(statement, "Resource"), matches);
}

bool condition_holds(std::string name, const Json& wanted, const std::string* value) {
  if (name.starts_with("ForAnyValue:") || name.starts_with("ForAllValues:")) name = name.substr(name.find(':') + 1);
  const bool may_be_absent = name.ends_with("IfExists");
  if (may_be_absent) name.resize(name.size() - 8);
  if (name == "Null")
    return any_matches(wanted, [&](const auto& one) { return (one == "true") == (value == nullptr); });
  const bool is_negated = name.find("Not") != std::string::npos;
  if (value == nullptr) return may_be_absent || is_negated;
  const auto text = *value;
  const bool found = any_matches(wanted, [&](const std::string& one) {
    if (name.ends_with("IgnoreCase") || name == "Bool") return lower(one) == lower(text);
    return name.ends_with("Like") || name.starts_with("Arn") ? matches_wildcards(one, text) : one == text;
  });
  const bool is_known = name.starts_with("String") || name.starts_with("Arn") || name == "Bool";
  return is_known && found != is_negated;
}

bool conditions_hold(const Json& statement, const PolicyRequest& request) {
  const auto& conditions = element(statement, "Condition");
  if (!conditions.is_object()) return true;
  for (const auto& condition : conditions.items())
    if (condition.value().is_object())
      for (const auto& wanted : condition.value().items()) {
        const auto found = std::find_if(request.context.begin(), request.context.end(),
                                        [&](const auto& entry) { return lower(entry.first) == lower(wanted.key()); });
        if (!condition_holds(condition.key(), wanted.value(),
                             found == request.context.end() ? nullptr : &found->second))
          return false;
      }
  return true;
}

bool covers_principal(const Json& statement, const std::map<std::string, std::vector<std::string>>& principals) {
  const auto& given = element(statement, "Principal");
  if (given == "*") return true;
  if (!given.is_object()) return false;
  for (const auto& entry : principals)
    if (any_matches(element(given, entry.first.c_str()), [&](const std::string& name) {
          return name == "*" || std::find(entry.second.begin(), entry.second.end(), name) != entry.second.end();
        }))
      return true;
  return false;
}

void weigh(const Json& statement, Decision& decision) {
  if (element(statement, "Effect") == "Deny")
    decision = Decision::explicit_deny;
  else if (decision == Decision::implicit_deny)
    decision = Decision::allowed;
}

}  // namespace

Json parse_policy(const std::string& text) {
  if (text.size() > most_policy_bytes)
    throw ApiFailure{"LimitExceeded", cat("Maximum policy size of ", most_policy_bytes, " bytes exceeded."), 409};
  Json policy;
  try {
    policy = parse_json(text, "the policy", {.most_bytes = most_policy_bytes});
  } catch (const Error&) {
    refuse_policy("This policy contains invalid Json");
  }
  if (!policy.is_object() || statements_of(policy).empty()) refuse_policy("Syntax errors in policy.");
  for (const auto& statement : statements_of(policy)) {
    if (!statement.is_object() || (element(statement, "Effect") != "Allow" && element(statement, "Effect") != "Deny"))
      refuse_policy("Policy statement must have an Effect of Allow or Deny.");
    if (!statement.contains("Action") && !statement.contains("NotAction"))
      refuse_policy("Policy statement must contain actions.");
  }
  return policy;
}

Decision evaluate(const std::vector<Json>& policies, const PolicyRequest& request) {
  auto decision = Decision::implicit_deny;
  for (const auto& policy : policies)
    for (const auto& statement : statements_of(policy))
      if (covers_action(statement, request.action) && covers_resource(statement, request) &&
          conditions_hold(statement, request))
        weigh(statement, decision);
  return decision;
}

Decision evaluate_trust(const Json& policy, const PolicyRequest& request,
                        const std::map<std::string, std::vector<std::string>>& principals) {
  auto decision = Decision::implicit_deny;
  for (const auto& statement : statements_of(policy))
    if (covers_action(statement, request.action) && covers_principal(statement, principals) &&
        conditions_hold(statement, request))
      weigh(statement, decision);
  return decision;
}

bool matches_wildcards(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace lapstrake::sandbox
