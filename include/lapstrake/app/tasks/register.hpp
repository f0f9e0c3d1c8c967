// Registers the tasks of a spec as ECS task definitions with images pinned by digest.
#pragma once
#include <lapstrake/app/publish/push.hpp>
#include <lapstrake/base/finding.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

struct RegisterSettings {
  PushSettings push{};
  bool dry_run = false;  // build and show the diff; push and register nothing
};

struct RegisteredTask {
  std::string name{}, family{};
  std::string arn{};    // of the latest revision; in a dry run of the latest active one, empty if there is none
  bool is_new = false;  // false: nothing changed (or a dry run)
  std::string diff{};   // dry run: unified diff, empty if nothing would change
};

struct Registration {
  std::vector<PushedImage> images;
  std::vector<RegisteredTask> tasks;
};

// Mistakes in the tasks, found offline, with positions in the spec where known.
std::vector<Finding> check_tasks(const Context& context, const spec::Project& project,
                                 const std::vector<std::string>& names);

// Checks offline, builds and pushes the images that the tasks name, inserts their references, and registers tasks that
// differ. Error{usage} if check_tasks finds errors: call that first to print them. Calls `each` for every registered
// task.
Registration register_tasks(const Context& context, const spec::Project& project, const std::vector<std::string>& names,
                            const RegisterSettings& settings,
                            const std::function<void(const RegisteredTask&)>& each = nullptr);

}  // namespace lapstrake::app
