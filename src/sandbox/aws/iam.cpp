#include <algorithm>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>
#include <lapstrake/sandbox/net/message.hpp>

#include "iam_state.hpp"
#include "input.hpp"
#include "query_protocol.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_iam_items = 5'000;  // roles, and managed policies
constexpr std::size_t most_role_policies = 100;
constexpr std::string_view capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

[[noreturn]] void refuse_missing_entity(const std::string& what) {
  throw ApiFailure{"NoSuchEntity", cat(what, " cannot be found."), 404};
}

void check_name(const std::string& name, std::size_t most) {
  const bool is_valid =
      !name.empty() && name.size() <= most && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || std::string_view("_+=,.@-").find(static_cast<char>(c)) != std::string_view::npos;
      });
  if (!is_valid)
    throw ApiFailure{"ValidationError", cat("The name must have 1 to ", most, " characters of A-Z a-z 0-9 _+=,.@-")};
}

std::string path_member(const Json& input) {
  auto path = text_member(input, "Path");
  if (path.empty()) return "/";
  if (!path.starts_with('/') || !path.ends_with('/') || path.size() > 512)
    throw ApiFailure{"ValidationError", "The path must begin and end with a slash."};
  return path;
}

void check_room(std::size_t count, std::size_t most) {
  if (count >= most) throw ApiFailure{"LimitExceeded", cat("The sandbox stores at most ", most, " of these."), 409};
}

Json whole_list(const char* name, Json list) { return {{name, std::move(list)}, {"IsTruncated", false}}; }

}  // namespace

IamRole& IamState::role_called(const std::string& name) {
  const auto found = roles_.find(name);
  if (found == roles_.end()) refuse_missing_entity(cat("The role with name ", name));
  return found->second;
}

ManagedPolicy& IamState::policy_called(const std::string& arn) {
  const auto found = policies_.find(arn);
  if (found == policies_.end()) refuse_missing_entity(cat("Policy ", arn));
  return found->second;
}

Json IamState::shown_role(const IamRole& role) const {
  Json out = {{"Path", role.path},
              {"RoleName", role.name},
              {"RoleId", role.id},
              {"Arn", arn_of(role)},
              {"CreateDate", iso_time(role.created)},
              {"AssumeRolePolicyDocument", percent_encode(role.trust)},
              {"MaxSessionDuration", role.most_session_seconds}};
  if (!role.description.empty()) out["Description"] = role.description;
  return out;
}

Json IamState::shown_policy(const ManagedPolicy& policy) const {
  return {
      {"PolicyName", policy.name},
      {"PolicyId", policy.id},
      {"Arn", policy.arn},
      {"Path", policy.path},
      {"DefaultVersionId", "v1"},
      {"AttachmentCount", std::count_if(roles_.begin(), roles_.end(),
                                        [&](const auto& entry) { return entry.second.attached.contains(policy.arn); })},
      {"IsAttachable", true},
      {"CreateDate", iso_time(policy.created)},
      {"UpdateDate", iso_time(policy.created)}};
}

Json IamState::create_role(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  IamRole role{.name = required_text(input, "RoleName"),
               .path = path_member(input),
               .id = "AROA" + random_text(17, capitals),
               .description = text_member(input, "Description"),
               .trust = required_text(input, "AssumeRolePolicyDocument"),
               .created = caller.now,
               .most_session_seconds = number_member(input, "MaxSessionDuration", 3600, 3600, 43'200)};
  check_name(role.name, 64);
  (void)parse_policy(role.trust);
  check_room(roles_.size(), most_iam_items);
  const auto [kept, is_new] = roles_.try_emplace(role.name, role);
  if (!is_new) throw ApiFailure{"EntityAlreadyExists", cat("Role with name ", role.name, " already exists."), 409};
  return {{"Role", shown_role(kept->second)}};
}

Json IamState::role(const Json& input, const Caller&) {
  const std::lock_guard lock(mutex_);
  return {{"Role", shown_role(role_called(required_text(input, "RoleName")))}};
}

Json IamState::list_roles(const Json& input, const Caller&) {
  const std::lock_guard lock(mutex_);
  const auto prefix = text_member(input, "PathPrefix");
  Json roles = Json::array();
  for (const auto& entry : roles_)
    if (entry.second.path.starts_with(prefix)) roles.push_back(shown_role(entry.second));
  return whole_list("Roles", std::move(roles));
}

Json IamState::delete_role(const Json& input, const Caller&) {
  const std::lock_guard lock(mutex_);
  const auto& role = role_called(required_text(input, "RoleName"));
  if (!role.attached.empty() || !role.inline_policies.empty())
    throw ApiFailure{"DeleteConflict", "Cannot delete entity, must detach all policies first.", 409};
  roles_.erase(role.name);
  return Json::object();
}

Json IamState::update_trust(const Json& input, const Caller&) {
  const std::lock_guard lock(mutex_);
  auto& role = role_called(required_text(input, "RoleName"));
  auto document = required_text(input, "PolicyDocument");
  (void)parse_policy(document);
  role.trust = std::move(document);
  return Json::object();
}

Json IamState::put_role_policy(const Json& input, const Caller&) {
  const std::lock_guard lock(mutex_);
  auto& role = role_called(required_text(input, "RoleName"));
  const auto name = required_text(input, "PolicyName");
  auto document = required_text(input, "PolicyDocument");
  check_name(name, 128);
  (void)parse_policy(document);
  if (!role.inline_policies.contains(name)) check_room(role.inline_policies.size(), most_role_policies);
  role.inline_policies[name] = std::move(document);
  return Json::object();
}

Json IamState::role_policy(const Json& input, const Caller&) {
  const std::lock_guard lock(mutex_);
  const auto& role = role_called(required_text(input, "RoleName"));
  const auto name = required_text(input, "PolicyName");
  const auto found = role.inline_policies.find(name);
  if (found == role.inline_policies.end()) refuse_missing_entity(cat("The role policy with name ", name));
  return {{"RoleName", role.name}, {"PolicyName", name}, {"PolicyDocument", percent_encode(found->second)}};
}

Json IamState::delete_role_policy(const Json& input, const Caller&) {
  const std::lock_guard lock(mutex_);
  const auto name = required_text(input, "PolicyName");
  if (role_called(required_text(input, "RoleName")).inline_policies.erase(name) == 0)
    refuse_missing_entity(cat("The role policy with name ", name));
  return Json::object();
}

Json IamState::list_role_policies(const Json& input, const Caller&) {
  const std::lock_guard lock(mutex_);
  Json names = Json::array();
  for (const auto& policy : role_called(required_text(input, "RoleName")).inline_policies)
    names.push_back(policy.first);
  return whole_list("PolicyNames", std::move(names));
}

Json IamState::attach_role_policy(const Json& input, const Caller&) {
  const std::lock_guard lock(mutex_);
  auto& role = role_called(required_text(input, "RoleName"));
  check_room(role.attached.size(), most_role_policies);
  role.attached.insert(policy_called(required_text(input, "PolicyArn")).arn);
  return Json::object();
}

Json IamState::detach_role_policy(const Json& input, const Caller&) {
  const std::lock_guard lock(mutex_);
  const auto arn = required_text(input, "PolicyArn");
  if (role_called(required_text(input, "RoleName")).attached.erase(arn) == 0)
    refuse_missing_entity(cat("Policy ", arn));
  return Json::object();
}

Json IamState::list_attached_policies(const Json& input, const Caller&) {
  const std::lock_guard lock(mutex_);
  Json list = Json::array();
  for (const auto& arn : role_called(required_text(input, "RoleName")).attached)
    list.push_back({{"PolicyName", policies_.at(arn).name}, {"PolicyArn", arn}});
  return whole_list("AttachedPolicies", std::move(list));
}

Json IamState::create_policy(const Json& input, const Caller& caller) {
  const std::lock_guard lock(mutex_);
  ManagedPolicy policy{.arn = {},
                       .name = required_text(input, "PolicyName"),
                       .path = path_member(input),
                       .id = "ANPA" + random_text(17, capitals),
                       .document = required_text(input, "PolicyDocument"),
                       .created = caller.now};
  check_name(policy.name, 128);
  (void)parse_policy(policy.document);
  policy.arn = cat("arn:aws:iam::", account_, ":policy", policy.path, policy.name);
  check_room(policies_.size(), most_iam_items);
  const auto [kept, is_new] = policies_.try_emplace(policy.arn, policy);
  if (!is_new) throw ApiFailure{"EntityAlreadyExists", cat("A policy called ", policy.name, " already exists."), 409};
  return {{"Policy", shown_policy(kept->second)}};
}

Json IamState::policy(const Json& input, const Caller&) {
  const std::lock_guard lock(mutex_);
  return {{"Policy", shown_policy(policy_called(required_text(input, "PolicyArn")))}};
}

Json IamState::policy_version(const Json& input, const Caller&) {
  const std::lock_guard lock(mutex_);
  const auto& policy = policy_called(required_text(input, "PolicyArn"));
  const auto version = required_text(input, "VersionId");
  if (version != "v1") refuse_missing_entity(cat("Policy ", policy.arn, " version ", version));
  return {{"PolicyVersion",
           {{"Document", percent_encode(policy.document)},
            {"VersionId", version},
            {"IsDefaultVersion", true},
            {"CreateDate", iso_time(policy.created)}}}};
}

Json IamState::simulate(const Json& input, const Caller&) {
  const auto arn = required_text(input, "PolicySourceArn");
  const auto actions = texts_member(input, "ActionNames");
  auto resources = texts_member(input, "ResourceArns");
  if (resources.empty()) resources = {"*"};
  if (actions.size() * resources.size() > 10'000)
    throw ApiFailure{"InvalidInput", "There are too many actions and resources."};
  const std::lock_guard lock(mutex_);
  // The sandbox's user may do everything.
  auto policies =
      arn == user_arn(account_)
          ? std::vector<Json>{Json::parse(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})")}
          : policies_of(role_called(arn.substr(arn.rfind('/') + 1)));
  for (const auto& text : texts_member(input, "PolicyInputList")) policies.push_back(parse_policy(text));
  PolicyRequest request;
  if (input.contains("ContextEntries"))
    for (const auto& entry : input["ContextEntries"])
      if (const auto values = texts_member(entry, "ContextKeyValues"); !values.empty())
        request.context[text_member(entry, "ContextKeyName")] = values[0];
  Json results = Json::array();
  for (const auto& action : actions)
    for (const auto& resource : resources) {
      request.action = action;
      request.resource = resource;
      const auto decision = evaluate(policies, request);
      results.push_back({{"EvalActionName", action},
                         {"EvalResourceName", resource},
                         {"EvalDecision", decision == Decision::allowed         ? "allowed"
                                          : decision == Decision::explicit_deny ? "explicitDeny"
                                                                                : "implicitDeny"},
                         {"MatchedStatements", Json::array()},
                         {"MissingContextValues", Json::array()}});
    }
  return whole_list("EvaluationResults", std::move(results));
}

Operations iam_operations(const std::shared_ptr<IamState>& iam) {
  const auto bound = [&iam](auto method) {
    return [iam, method](const Json& input, const Caller& caller) { return (*iam.*method)(input, caller); };
  };
  return {{"CreateRole", bound(&IamState::create_role)},
          {"GetRole", bound(&IamState::role)},
          {"ListRoles", bound(&IamState::list_roles)},
          {"DeleteRole", bound(&IamState::delete_role)},
          {"UpdateAssumeRolePolicy", bound(&IamState::update_trust)},
          {"PutRolePolicy", bound(&IamState::put_role_policy)},
          {"GetRolePolicy", bound(&IamState::role_policy)},
          {"DeleteRolePolicy", bound(&IamState::delete_role_policy)},
          {"ListRolePolicies", bound(&IamState::list_role_policies)},
          {"AttachRolePolicy", bound(&IamState::attach_role_policy)},
          {"DetachRolePolicy", bound(&IamState::detach_role_policy)},
          {"ListAttachedRolePolicies", bound(&IamState::list_attached_policies)},
          {"CreatePolicy", bound(&IamState::create_policy)},
          {"GetPolicy", bound(&IamState::policy)},
          {"GetPolicyVersion", bound(&IamState::policy_version)},
          {"SimulatePrincipalPolicy", bound(&IamState::simulate)}};
}

std::shared_ptr<IamState> new_iam(const std::string& account, Time now) {
  return std::make_shared<IamState>(account, now);
}

bool role_allows(const IamState& iam, const std::string& role, const std::string& action) {
  return evaluate(iam.policies_of(role), {.action = action, .any_resource = true}) == Decision::allowed;
}

}  // namespace lapstrake::sandbox
