#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>
#include <lapstrake/sandbox/net/clock.hpp>
#include <mutex>
#include <nlohmann/json.hpp>

#include "ecs_services.hpp"
#include "input.hpp"
#include "task_rules.hpp"

namespace lapstrake::sandbox {
namespace {

using Json = nlohmann::json;

struct Revision {
  Json definition, tags;
  bool active = true;
};
// By number; numbers are never used again.
using Family = std::map<std::int64_t, Revision>;

std::string arn_of(const Caller& caller, const std::string& family, std::int64_t number) {
  return cat("arn:aws:ecs:", caller.region, ":", caller.account, ":task-definition/", family, ":", number);
}

std::string status_of(const Revision& revision) { return revision.active ? "ACTIVE" : "INACTIVE"; }

struct Name {
  std::string family;
  std::optional<std::int64_t> number;
};

// "web", "web:3", "arn:aws:ecs:...:task-definition/web:3"
Name parse_name(const std::string& text) {
  const auto slash = text.rfind('/');
  const std::string local = slash == std::string::npos ? text : text.substr(slash + 1);
  const auto colon = local.find(':');
  if (colon == std::string::npos) return {local, std::nullopt};
  const auto number = parse_integer(local.substr(colon + 1));
  if (!number) refuse(cat("Invalid revision number. Number: ", local.substr(colon + 1)));
  return {local.substr(0, colon), number};
}

class Ecs {
 public:
  Json register_task_definition(const Json& input, const Caller& caller) {
    Json document = input;
    check_task_definition(document);
    Revision revision{.definition = {}, .tags = document.value("tags", Json::array())};
    document.erase("tags");
    document["compatibilities"] = compatibilities(document);
    document["requiresAttributes"] = required_attributes(document);
    fill_defaults(document);
    document["registeredAt"] = epoch_seconds(caller.now);
    document["registeredBy"] = caller.arn();
    const std::string name = document["family"];

    const std::lock_guard lock(mutex_);
    Family& family = families_[caller.region][name];
    const std::int64_t number = family.empty() ? 1 : family.rbegin()->first + 1;
    document["revision"] = number;
    document["taskDefinitionArn"] = arn_of(caller, name, number);
    revision.definition = std::move(document);
    const Revision& kept = family[number] = std::move(revision);
    return shown(kept, input.contains("tags"));
  }

  Json describe_task_definition(const Json& input, const Caller& caller) {
    const auto wanted = texts_member(input, "include");
    const std::lock_guard lock(mutex_);
    return shown(find(input, caller, "Unable to describe task definition."),
                 std::find(wanted.begin(), wanted.end(), "TAGS") != wanted.end());
  }

  Json deregister_task_definition(const Json& input, const Caller& caller) {
    if (!parse_name(text_member(input, "taskDefinition")).number)
      refuse("Task definition must include a revision number.");
    const std::lock_guard lock(mutex_);
    Revision& revision = find(input, caller, "The specified task definition does not exist.");
    revision.active = false;
    revision.definition["deregisteredAt"] = epoch_seconds(caller.now);
    return shown(revision, false);
  }

  Json list_task_definitions(const Json& input, const Caller& caller) {
    const std::string prefix = text_member(input, "familyPrefix"), status = status_member(input, "ACTIVE", false);
    const std::lock_guard lock(mutex_);
    std::vector<Json> arns;
    for (const auto& [name, family] : families_[caller.region])
      for (const auto& [number, revision] : family)
        if ((prefix.empty() || name == prefix) && status_of(revision) == status)
          arns.emplace_back(arn_of(caller, name, number));
    if (text_member(input, "sort") == "DESC") std::reverse(arns.begin(), arns.end());
    return page(input, "taskDefinitionArns", std::move(arns), 100, 100);
  }

  // The document of a revision, for services and tasks.
  Json definition(const std::string& name, const Caller& caller) {
    const std::lock_guard lock(mutex_);
    return shown(find({{"taskDefinition", name}}, caller, "TaskDefinition not found."), false)["taskDefinition"];
  }

  Json list_families(const Json& input, const Caller& caller) {
    const std::string prefix = text_member(input, "familyPrefix"), status = status_member(input, "ALL", true);
    const std::lock_guard lock(mutex_);
    std::vector<Json> names;
    for (const auto& [name, family] : families_[caller.region]) {
      const bool active =
          std::any_of(family.begin(), family.end(), [](const auto& entry) { return entry.second.active; });
      if (name.starts_with(prefix) && (status == "ALL" || active == (status == "ACTIVE"))) names.emplace_back(name);
    }
    return page(input, "families", std::move(names), 100, 100);
  }

 private:
  static std::string status_member(const Json& input, std::string usual, bool all_is_one) {
    const std::string status = text_member(input, "status");
    if (status.empty()) return usual;
    if (status != "ACTIVE" && status != "INACTIVE" && !(all_is_one && status == "ALL"))
      throw ApiFailure{"InvalidParameterException", cat("Invalid status: ", status)};
    return status;
  }

  // A family alone means its newest active revision.
  Revision& find(const Json& input, const Caller& caller, const std::string& absent) {
    const Name name = parse_name(text_member(input, "taskDefinition"));
    auto& family = families_[caller.region][name.family];
    if (name.number) {
      if (const auto found = family.find(*name.number); found != family.end()) return found->second;
    } else {
      const auto newest =
          std::find_if(family.rbegin(), family.rend(), [](const auto& entry) { return entry.second.active; });
      if (newest != family.rend()) return newest->second;
    }
    if (family.empty()) families_[caller.region].erase(name.family);
    refuse(absent);
  }

  static Json shown(const Revision& revision, bool with_tags) {
    Json result = {{"taskDefinition", revision.definition}};
    result["taskDefinition"]["status"] = status_of(revision);
    if (with_tags) result["tags"] = revision.tags;
    return result;
  }

  std::mutex mutex_;
  std::map<std::string, std::map<std::string, Family>> families_;  // by region, by name
};

}  // namespace

Operations ecs_operations(EcsOptions options) {
  const auto ecs = std::make_shared<Ecs>();
  const auto services = std::make_shared<EcsServices>(
      [ecs](const std::string& name, const Caller& caller) { return ecs->definition(name, caller); },
      std::move(options));
  auto bound = [&](auto method) {
    return [ecs, method](const Json& input, const Caller& caller) { return (*ecs.*method)(input, caller); };
  };
  Operations operations = {{"RegisterTaskDefinition", bound(&Ecs::register_task_definition)},
                           {"DescribeTaskDefinition", bound(&Ecs::describe_task_definition)},
                           {"DeregisterTaskDefinition", bound(&Ecs::deregister_task_definition)},
                           {"ListTaskDefinitions", bound(&Ecs::list_task_definitions)},
                           {"ListTaskDefinitionFamilies", bound(&Ecs::list_families)}};
  for (auto& [name, operation] : services->operations())
    operations[name] = [services, run = std::move(operation)](const Json& input, const Caller& caller) {
      return run(input, caller);
    };
  return operations;
}

}  // namespace lapstrake::sandbox
