// Registers the tasks of a spec as ECS task definitions with images pinned by digest.
#pragma once
#include <lapstrake/app/publish/push.hpp>
#include <lapstrake/base/finding.hpp>
#include <map>
#include <set>
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
  // Digests of the images that are one manifest and no index: their containers run exactly these.
  std::set<std::string> manifests = {};
  std::map<std::string, std::string> references = {};  // of the images that the tasks name: "host/repo:tag@sha256:..."
};

// Mistakes in the tasks, found offline, with positions in the spec where known.
std::vector<Finding> check_tasks(const Context& context, const spec::Project& project,
                                 const std::vector<std::string>& names);

// A task definition with its images pinned by digest.
struct PinnedTask {
  std::string name;
  std::string document;  // JSON text, the input of RegisterTaskDefinition
};
// Builds the images that the named tasks (all without a name) use, into the store only, and fills in the references
// that a push would give. Sends nothing.
std::vector<PinnedTask> pinned_tasks(const Context& context, const spec::Project& project,
                                     const std::vector<std::string>& names);

// The family of the task definitions of a task. Error{usage} for a document that cannot be read.
std::string family_of(const spec::Task& task);

// Checks offline, builds and pushes the images that the tasks name, inserts their references, and registers tasks that
// differ. Error{usage} if check_tasks finds errors: call that first to print them. Calls `each` for every registered
// task.
Registration register_tasks(const Context& context, const spec::Project& project, const std::vector<std::string>& names,
                            const RegisterSettings& settings,
                            const std::function<void(const RegisteredTask&)>& each = nullptr);

}  // namespace lapstrake::app
