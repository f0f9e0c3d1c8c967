#include "ecs_scripts.hpp"

#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/api_failure.hpp>
#include <lapstrake/sandbox/aws/script_choice.hpp>
#include <string>
#include <vector>

namespace lapstrake::sandbox {
namespace {

constexpr TaskFailureScript crash{"EssentialContainerExited", "Essential container in task exited", "", 1,
                                  "Traceback (most recent call last):\nModuleNotFoundError: No module named 'redis'"};
constexpr TaskFailureScript no_image{
    "TaskFailedToStart",
    "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref: not found", "",
    std::nullopt, ""};
constexpr TaskFailureScript no_memory{"EssentialContainerExited", "Essential container in task exited",
                                      "OutOfMemoryError: Container killed due to memory usage", 137, ""};
constexpr TaskFailureScript wrong_processor{"EssentialContainerExited", "Essential container in task exited", "", 1,
                                            "exec /usr/local/bin/app: exec format error"};

constexpr RolloutScript scripts[] = {
    {.name = "healthy"},
    {.name = "slow", .start = 20},
    {.name = "never-stable", .never_runs = true},
    {.name = "alarm", .alarm = true},
    {.name = "crash-loop", .failure = &crash},
    {.name = "cannot-pull", .failure = &no_image},
    {.name = "out-of-memory", .failure = &no_memory},
    {.name = "exec-format", .failure = &wrong_processor},
};

}  // namespace

const RolloutScript& rollout_script(std::string_view name) {
  if (name.empty()) return scripts[0];
  std::vector<std::string> names;
  for (const auto& script : scripts) {
    if (script.name == name) return script;
    names.emplace_back(script.name);
  }
  refuse(cat("The sandbox has no rollout script `", printable(name, 100), "`. Scripts: ", join(names, ", "), "."));
}

void ScriptChoice::set(const std::string& service, const std::string& script) {
  if (!script.empty()) (void)rollout_script(script);
  const std::lock_guard lock(mutex_);
  if (script.empty())
    scripts_.erase(service);
  else
    scripts_[service] = script;
}

std::optional<std::string> ScriptChoice::of(const std::string& service) const {
  const std::lock_guard lock(mutex_);
  const auto found = scripts_.find(service);
  return found == scripts_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace lapstrake::sandbox
