#include <algorithm>
#include <lapstrake/aws/endpoint.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/aws/lookups/policies.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

// `*` is any text and `?` any character, in actions (whatever their case) and in ARNs.
bool matches_wildcards(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t]) && pattern[p] != '*') {
      ++p;
      ++t;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

// A text or a list of texts.
template <class Matches>
bool any_text(const json& value, Matches matches) {
  if (value.is_string()) return matches(value.get<std::string>());
  return value.is_array() && std::any_of(value.begin(), value.end(), [&](const json& one) {
           return one.is_string() && matches(one.get<std::string>());
         });
}

bool covers_action(const json& statement, const std::string& action) {
  const auto is_match = [&](const std::string& pattern) { return matches_wildcards(lower(pattern), lower(action)); };
  if (statement.contains("NotAction")) return !any_text(statement["NotAction"], is_match);
  return any_text(member_of(statement, "Action"), is_match);
}

bool covers_resource(const json& statement, const std::string& resource) {
  const auto is_match = [&](const std::string& pattern) { return matches_wildcards(pattern, resource); };
  if (statement.contains("NotResource")) return !any_text(statement["NotResource"], is_match);
  return any_text(member_of(statement, "Resource"), is_match);
}

std::vector<json> statements_of(const json& policy) {
  const auto& statements = member_of(policy, "Statement");
  if (statements.is_object()) return {statements};
  return statements.is_array() ? std::vector<json>(statements.begin(), statements.end()) : std::vector<json>();
}

std::vector<std::string> texts(const json& reply, const char* list) {
  std::vector<std::string> out;
  for (const auto& one : list_of(reply, list))
    if (one.is_string()) out.push_back(one);
  return out;
}

std::string attached_policy(const Session& session, const std::string& arn) {
  const auto policy = call(session, Service::iam, "GetPolicy", {{"PolicyArn", arn}});
  const auto version = text_of(member_of(policy, "Policy"), "DefaultVersionId");
  const auto reply = call(session, Service::iam, "GetPolicyVersion", {{"PolicyArn", arn}, {"VersionId", version}});
  return percent_decode(text_of(member_of(reply, "PolicyVersion"), "Document"));
}

// `kind`: "Role", "User" or "Group", as the operations spell it.
void add_policies(const Session& session, const std::string& kind, const std::string& name,
                  std::vector<std::string>& out) {
  const json subject = {{cat(kind, "Name"), name}};
  for (const auto& policy : texts(call(session, Service::iam, cat("List", kind, "Policies"), subject), "PolicyNames")) {
    auto one = subject;
    one["PolicyName"] = policy;
    out.push_back(
        percent_decode(text_of(call(session, Service::iam, cat("Get", kind, "Policy"), one), "PolicyDocument")));
  }
  const auto attached = call(session, Service::iam, cat("ListAttached", kind, "Policies"), subject);
  for (const auto& policy : list_of(attached, "AttachedPolicies"))
    out.push_back(attached_policy(session, text_of(policy, "PolicyArn")));
}

}  // namespace

std::vector<std::string> policies_of(const Session& session, const std::string& arn) {
  Session global = session;
  global.region = global_region(session.region);
  const auto name = arn.substr(arn.rfind('/') + 1);
  std::vector<std::string> out;
  if (arn.find(":role/") != std::string::npos) {
    add_policies(global, "Role", name, out);
    return out;
  }
  add_policies(global, "User", name, out);
  const auto groups = call(global, Service::iam, "ListGroupsForUser", {{"UserName", name}});
  for (const auto& group : list_of(groups, "Groups")) add_policies(global, "Group", text_of(group, "GroupName"), out);
  return out;
}

bool allows(const std::vector<json>& policies, const Permission& permission) {
  bool is_allowed = false;
  for (const auto& policy : policies)
    for (const auto& statement : statements_of(policy)) {
      if (!covers_action(statement, permission.action) || !covers_resource(statement, permission.resource)) continue;
      if (text_of(statement, "Effect") == "Deny") return false;
      is_allowed = is_allowed || text_of(statement, "Effect") == "Allow";
    }
  return is_allowed;
}

}  // namespace lapstrake::aws
