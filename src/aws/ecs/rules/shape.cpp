#include <algorithm>
#include <lapstrake/aws/ecs/model.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>
#include <map>
#include <set>

#include "rules.hpp"
#include "words.hpp"

namespace lapstrake::aws {
namespace {

using nlohmann::json;

constexpr std::string_view name_marks = "_-";

void family(const TaskContext& context, Findings& findings) {
  if (!is_text_or_absent(context.document, "family")) return;
  const auto family = text_of(context.document, "family");
  if (family.empty())
    findings.error("/family", "the task definition has no `family`", "add the name of the family: `family: my-app`");
  else if ((!is_word(family, name_marks) || family.size() > 255) && placeholder_in(family).empty())
    findings.error("/family", cat("`", family, "` is not a valid family name"),
                   "use at most 255 letters, digits, `-` and `_`");
}

void has_containers(const TaskContext& context, Findings& findings) {
  const auto list =
      context.document.is_object() ? context.document.value("containerDefinitions", json::array()) : json();
  if (list.is_array() && list.empty())
    findings.error("/containerDefinitions", "the task definition has no containers",
                   "add a list `containerDefinitions` with at least a `name` and an `image`");
}

void container_names(const TaskContext& context, Findings& findings) {
  std::set<std::string> seen;
  for (const auto& container : context.containers) {
    if (!is_text_or_absent(container.value, "name")) continue;
    const auto name = text_of(container.value, "name");
    const auto pointer = container.pointer + "/name";
    if (name.empty())
      findings.error(pointer, cat("container ", container.name, " has no `name`"), "add a `name`");
    else if (!is_word(name, name_marks) || name.size() > 255)
      findings.error(pointer, cat("`", name, "` is not a valid container name"),
                     "use at most 255 letters, digits, `-` and `_`");
    else if (!seen.insert(name).second)
      findings.error(pointer, cat("duplicate container name `", name, "`"), "give each container a unique name");
  }
}

// Values that the shell or a browser may rightly see with angle brackets in them.
bool is_free_text(const std::string& pointer) {
  for (const auto* part : {"/command/", "/entryPoint/", "/environment/", "/dockerLabels/", "/logConfiguration/options/",
                           "/firelensConfiguration/options/", "/driverOpts/", "/labels/", "/healthCheck/command/"})
    if (pointer.find(part) != std::string::npos) return true;
  return false;
}

// The pointers of members that ECS does not know, and whether AWS could ever add one of that name.
using Unknown = std::map<std::string, bool>;

void placeholders_below(const json& value, const std::string& pointer, const Unknown& unknown, Findings& findings,
                        bool is_known = true) {
  const auto found_unknown = unknown.find(pointer);
  if (found_unknown != unknown.end() && !found_unknown->second) return;
  is_known = is_known && found_unknown == unknown.end();
  if (value.is_object())
    for (const auto& [name, inner] : value.items())
      placeholders_below(inner, below(pointer, name), unknown, findings, is_known);
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i)
      placeholders_below(value[i], below(pointer, i), unknown, findings, is_known);
  if (!value.is_string()) return;
  const auto found = placeholder_in(value.get<std::string>());
  if (found.empty()) return;
  const auto message = cat("unfilled placeholder `", found, "`");
  if (!is_known || is_free_text(pointer))
    findings.warning(pointer, message, cat("replace `", found, "` if it is a placeholder"));
  else
    findings.error(pointer, message, cat("replace `", found, "` with its value"));
}

void placeholders(const TaskContext& context, Findings& findings) {
  Unknown unknown;
  for (const auto& member : unknown_members(context.document))
    unknown[member.pointer] = !is_never_aws_member(member.name);
  placeholders_below(context.document, "", unknown, findings);
}

struct OtherName {
  std::string_view name, member;
};
// What compose files, Kubernetes and the AWS console call members of ECS, in one word of small letters.
constexpr OtherName other_names[] = {
    {"containers", "containerDefinitions"},
    {"env", "environment"},
    {"envfile", "environmentFiles"},
    {"ports", "portMappings"},
    {"mounts", "mountPoints"},
    {"volumemounts", "mountPoints"},
    {"volumes", "mountPoints"},
    {"labels", "dockerLabels"},
    {"logging", "logConfiguration"},
    {"driver", "logDriver"},
    {"restart", "restartPolicy"},
    {"test", "command"},
    {"taskrole", "taskRoleArn"},
    {"executionrole", "executionRoleArn"},
    {"taskexecutionrolearn", "executionRoleArn"},
    {"memlimit", "memory"},
    {"memreservation", "memoryReservation"},
    {"workingdir", "workingDirectory"},
    {"workdir", "workingDirectory"},
    {"readonly", "readonlyRootFilesystem"},
    {"tty", "pseudoTerminal"},
    {"stdinopen", "interactive"},
    {"launchtype", "requiresCompatibilities"},
    {"source", "sourceVolume"},
    {"target", "containerPath"},
    {"target", "containerPort"},
    {"port", "containerPort"},
    {"published", "hostPort"},
    {"key", "name"},
};

// `depends_on`, `DependsOn`, `depends-on` and `dependsOn` are one word.
std::string as_word(std::string_view name) {
  return lower(replace_all(replace_all(std::string(name), "_", ""), "-", ""));
}

// The member that was meant: the same word written otherwise, another tool's name for it, or the nearest one.
std::optional<std::string> meant(const UnknownMember& unknown) {
  std::vector<std::string> missing;
  for (const auto& member : unknown.object.members)
    if (!unknown.in.contains(std::string(member.name))) missing.emplace_back(member.name);
  const auto word = as_word(unknown.name);
  for (const auto& member : missing)
    if (as_word(member) == word) return member;
  for (const auto& other : other_names)
    if (other.name == word && std::find(missing.begin(), missing.end(), other.member) != missing.end())
      return std::string(other.member);
  return nearest(unknown.name, missing);
}

// AWS adds members some times a year: one that is not known is a warning only when another name was meant.
void other_members(const TaskContext& context, Findings& findings) {
  for (const auto& unknown : unknown_members(context.document))
    if (const auto member = meant(unknown))
      findings.warning(unknown.pointer, cat("unknown member `", unknown.name, "`"),
                       cat("did you mean `", *member, "`?"));
}

void size_of_all(const TaskContext& context, Findings& findings) {
  const auto size = context.document.dump(-1, ' ', false, json::error_handler_t::replace).size();
  if (size > 64 * 1024)
    findings.warning("", cat("the task definition is ", human_size(size), "; ECS accepts at most 64 KiB"),
                     "move long values into SSM parameters (`secrets`) or an environment file");
}

void tags(const TaskContext& context, Findings& findings) {
  const auto& list = list_of(context.document, "tags");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto key = text_of(list[i], "key");
    const auto pointer = below("/tags", i) + "/key";
    if (key.empty())
      findings.error(pointer, "a tag has no `key`", "add a key of 1 to 128 characters");
    else if (lower(key).starts_with("aws:"))
      findings.error(pointer, cat("tag `", key, "`: keys that start with `aws:` are reserved"),
                     "choose a different key");
    else if (!seen.insert(key).second)
      findings.error(pointer, cat("duplicate tag key `", key, "`"), "remove one of them");
  }
}

void few_containers(const TaskContext& context, Findings& findings) {
  constexpr std::size_t most = 10;  // ECS: "Too many containers", a quota that cannot be raised
  if (const auto count = list_of(context.document, "containerDefinitions").size(); count > most)
    findings.error("/containerDefinitions",
                   cat("the task definition has ", count, " containers; ECS accepts at most ", most),
                   "split it into several task definitions");
}

constexpr Rule shape_task_rules[]{family,       has_containers, few_containers, container_names,
                                  placeholders, other_members,  tags,           size_of_all};

}  // namespace

Rules shape_rules() { return {shape_task_rules, {}}; }

}  // namespace lapstrake::aws
