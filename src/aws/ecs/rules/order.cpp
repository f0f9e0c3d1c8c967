#include <algorithm>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>
#include <set>

#include "rules.hpp"

namespace lapstrake::aws {
namespace {

using nlohmann::json;

void some_essential(const TaskContext& context, Findings& findings) {
  const bool any = std::any_of(context.containers.begin(), context.containers.end(),
                               [](const auto& each) { return each.is_essential; });
  if (!context.containers.empty() && !any)
    findings.error("/containerDefinitions", "no container is essential", "set `essential: true` in the main container");
}

struct Dependency {
  std::string pointer, on, condition;
};

std::vector<Dependency> dependencies_of(const Container& container) {
  std::vector<Dependency> out;
  const auto& list = list_of(container.value, "dependsOn");
  for (std::size_t i = 0; i < list.size(); ++i)
    out.push_back(
        {below(container.pointer + "/dependsOn", i), text_of(list[i], "containerName"), text_of(list[i], "condition")});
  return out;
}

void unknown_container(const TaskContext& context, const Container& container, const Dependency& dependency,
                       Findings& findings) {
  std::vector<std::string> names;
  for (const auto& each : context.containers) names.push_back(each.name);
  const auto near = nearest(dependency.on, names);
  findings.error(dependency.pointer + "/containerName",
                 dependency.on.empty() ? cat("a `dependsOn` of `", container.name, "` has no `containerName`")
                                       : cat("`", container.name, "` depends on `", dependency.on,
                                             "`, which is not a container of this task"),
                 near ? cat("did you mean `", *near, "`?") : cat("known containers: ", join(names, ", ")));
}

void condition_fits(const Container& on, const Dependency& dependency, Findings& findings) {
  const auto pointer = dependency.pointer + "/condition";
  const auto& condition = dependency.condition;
  if (condition == "HEALTHY" && member_of(on.value, "healthCheck").is_null())
    findings.error(
        pointer, cat("`", on.name, "` can never become HEALTHY: it has no `healthCheck`"),
        cat("add a `healthCheck` to `", on.name, "`, or wait for START (ECS ignores the image's own HEALTHCHECK)"));
  if ((condition == "COMPLETE" || condition == "SUCCESS") && on.is_essential)
    findings.error(pointer,
                   cat("`", on.name, "` is essential: when it ends the task ends, so nothing can wait for ", condition),
                   cat("set `essential: false` in `", on.name, "`"));
}

void dependencies(const TaskContext& context, const Container& container, Findings& findings) {
  for (const auto& dependency : dependencies_of(container)) {
    const auto* on = context.find(dependency.on);
    if (on == nullptr || dependency.on.empty())
      unknown_container(context, container, dependency, findings);
    else
      condition_fits(*on, dependency, findings);
  }
}

// Follows dependsOn; the first container met a second time closes a cycle.
class CycleSearch {
 public:
  CycleSearch(const TaskContext& context, Findings& findings) : context_(context), findings_(findings) {}

  void visit(const Container& container) {
    const auto met = std::find(path_.begin(), path_.end(), container.name);
    if (met != path_.end()) return report(met);
    if (!done_.insert(container.name).second) return;
    path_.push_back(container.name);
    for (const auto& dependency : dependencies_of(container))
      if (const auto* on = context_.find(dependency.on)) visit(*on);
    path_.pop_back();
  }

 private:
  void report(std::vector<std::string>::const_iterator first) {
    std::vector<std::string> cycle(first, path_.cend());
    cycle.push_back(*first);
    findings_.error(context_.find(path_.back())->pointer + "/dependsOn",
                    cat("circular dependency between containers: ", join(cycle, " -> ")),
                    "remove one of these dependencies");
  }
  const TaskContext& context_;
  Findings& findings_;
  std::vector<std::string> path_;
  std::set<std::string> done_;
};

void cycles(const TaskContext& context, Findings& findings) {
  CycleSearch walk(context, findings);
  for (const auto& container : context.containers) walk.visit(container);
}

constexpr Rule order_task_rules[]{some_essential, cycles};
constexpr ContainerRule order_container_rules[]{dependencies};

}  // namespace

Rules order_rules() { return {order_task_rules, order_container_rules}; }

}  // namespace lapstrake::aws
