#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "fields.hpp"
#include "to_project.hpp"
#include "yaml_json.hpp"

namespace lapstrake::spec {
namespace {

// Members of the request that come from elsewhere in the spec, or from its rules.
constexpr std::string_view reserved[] = {"taskDefinition", "service", "forceNewDeployment"};

void check_task(const Node& map, const std::vector<std::string>& known, Findings& findings) {
  const auto* task = text_node(map, "task");
  if (task == nullptr || std::find(known.begin(), known.end(), task->text) != known.end()) return;
  const auto near = nearest_name(task->text, known);
  findings.error(task->where, cat("unknown task ", in_quotes(task->text)),
                 near            ? cat("did you mean `", *near, "`?")
                 : known.empty() ? "the spec has no `tasks:`"
                                 : cat("known tasks: ", printable(join(known, ", "), 200)));
}

void check_reserved(const Member& service, Findings& findings) {
  for (const auto& member : service.value.members)
    if (std::find(std::begin(reserved), std::end(reserved), member.key) != std::end(reserved))
      findings.error(member.where, cat("the service ", in_quotes(service.key), " sets ", in_quotes(member.key)),
                     member.key == "taskDefinition" ? "name a task of this spec with `task:`"
                     : member.key == "service"      ? "set `serviceName`, or rename the service"
                                                    : "use `lapstrake deploy --force`");
}

std::optional<ReleasePhase> release_phase(const Node& service, const std::vector<std::string>& tasks,
                                          Findings& findings) {
  const auto* before = service.member("before");
  if (before == nullptr || before->value.kind != Node::Kind::map) return std::nullopt;
  check_task(before->value, tasks, findings);
  return ReleasePhase{.task = text_field(before->value, "task", text_field(service, "task")),
                      .container = text_field(before->value, "container"),
                      .command = command_field(before->value, "command")};
}

std::optional<Scaling> scaling(const Node& service, Findings& findings) {
  const auto* scale = service.member("scale");
  if (scale == nullptr || scale->value.kind != Node::Kind::map) return std::nullopt;
  const Scaling out{.least = integer_field(scale->value, "min").value_or(0),
                    .most = integer_field(scale->value, "max").value_or(0),
                    .cpu = integer_field(scale->value, "cpu"),
                    .memory = integer_field(scale->value, "memory")};
  if (out.least > out.most) findings.error(scale->where, "`min` is larger than `max`", "exchange them");
  return out;
}

}  // namespace

std::vector<Service> services(const Node& document, Findings& findings) {
  std::vector<std::string> tasks;
  for (const auto& member : members_of(document, "tasks")) tasks.push_back(member.key);
  std::sort(tasks.begin(), tasks.end());
  std::vector<Service> out;
  for (const auto& member : members_of(document, "services")) {
    if (member.value.kind != Node::Kind::map) continue;
    check_task(member.value, tasks, findings);
    check_reserved(member, findings);
    Service service{.name = member.key, .task = text_field(member.value, "task"), .document = {}};
    service.document = to_json(member.value, {"task", "before", "scale"}, findings.spec(), service.positions).dump();
    service.before = release_phase(member.value, tasks, findings);
    service.scale = scaling(member.value, findings);
    service.where = findings.spec().position(member.where);
    out.push_back(std::move(service));
  }
  return out;
}

}  // namespace lapstrake::spec
