// From tasks of a spec to task definition revisions, pinned by digest.
#pragma once
#include <lapstrake/app/push.hpp>
#include <lapstrake/spec/diagnostic.hpp>
#include <string>
#include <vector>

namespace lapstrake::app {

struct RegisterSettings {
  PushSettings push{};
  bool dry_run = false;  // builds, sends nothing, registers nothing: shows the difference
};

struct RegisteredTask {
  std::string name{}, family{};
  std::string
      arn{};  // of the revision that stands now; for a dry run of the newest active one, empty when there is none
  bool is_new = false;  // false: nothing changed (or a dry run)
  std::string diff{};   // dry run: unified, empty when nothing would change
};

struct Registration {
  std::vector<PushedImage> images;
  std::vector<RegisteredTask> tasks;
};

// What is wrong with the tasks, told from the documents alone, with positions in the spec where there are any.
std::vector<spec::Diagnostic> check_tasks(const Context& context, const spec::Project& project,
                                          const std::vector<std::string>& names);

// Checks offline, builds and pushes the images that the tasks name, fills them in, registers what differs. Throws
// Error{usage} when check_tasks finds errors: call that first to print them. `each` is told every task as soon as its
// revision stands.
Registration register_tasks(const Context& context, const spec::Project& project, const std::vector<std::string>& names,
                            const RegisterSettings& settings,
                            const std::function<void(const RegisteredTask&)>& each = nullptr);

}  // namespace lapstrake::app
