#include <algorithm>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/deploy/deploy.hpp>
#include <lapstrake/app/tasks/session.hpp>
#include <lapstrake/aws/ecs/revisions.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/text.hpp>
#include <map>
#include <mutex>

#include "run_task.hpp"
#include "service_target.hpp"
#include "wait.hpp"

namespace lapstrake::app {
namespace {

using nlohmann::json;

// The tasks of the services and of what runs before them, each once.
std::vector<std::string> task_names(const std::vector<const spec::Service*>& services) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const auto* service : services) {
    add(service->task);
    if (service->before) add(service->before->task);
  }
  return names;
}

aws::ServiceScaling scaling_of(const spec::Scaling& scale) {
  aws::ServiceScaling out{.least = scale.least, .most = scale.most};
  if (scale.cpu) out.metrics["ECSServiceAverageCPUUtilization"] = static_cast<double>(*scale.cpu);
  if (scale.memory) out.metrics["ECSServiceAverageMemoryUtilization"] = static_cast<double>(*scale.memory);
  return out;
}

class Deployer {
 public:
  Deployer(const Context& context, const spec::Project& project, const DeploySettings& settings,
           const OnRolloutEvent& on_event)
      : context_(context), project_(project), settings_(settings), on_event_(on_event) {}

  Deployment run(const std::vector<std::string>& names, const std::function<void(const DeployedService&)>& each) {
    const auto services = choose_services(project_, names);
    Deployment out;
    out.registration = register_tasks(context_, project_, task_names(services),
                                      {.push = settings_.push, .dry_run = settings_.dry_run});
    const auto tasks = choose_tasks(project_, task_names(services));
    const Network network(context_, project_.registries);
    const auto session = session_for_tasks(network, images_of(project_, tasks));
    std::vector<WantedService> wanted;
    for (const auto* service : services) wanted.push_back(wanted_of(session, *service, out.registration));
    if (settings_.dry_run) {
      for (const auto& one : wanted) out.services.push_back(show_plan(session, one, each));
      return out;
    }
    for (const auto& one : wanted)
      if (one.service->before) run_before(session, one, out.registration);
    out.services = roll_out(session, wanted, out.registration, each);
    return out;
  }

 private:
  void tell(const spec::Service& service, std::string text) const {
    if (on_event_) on_event_({.kind = RolloutEvent::Kind::note, .service = service.name, .text = std::move(text)});
  }

  static const RegisteredTask& task_called(const Registration& registration, const std::string& name) {
    return *std::find_if(registration.tasks.begin(), registration.tasks.end(),
                         [&](const auto& task) { return task.name == name; });
  }

  // In a dry run a revision that does not exist yet has the name of its family.
  WantedService wanted_of(const aws::Session& session, const spec::Service& service, const Registration& registration) {
    const auto& task = task_called(registration, service.task);
    WantedService out{.service = &service,
                      .id = id_of(service),
                      .document = json::parse(service.document),
                      .task_definition = json::object()};
    out.document["cluster"] = out.id.cluster;
    const bool is_new = settings_.dry_run && (task.arn.empty() || !task.diff.empty());
    out.document["taskDefinition"] = is_new ? cat(task.family, " (a new revision)") : task.arn;
    if (!is_new) out.task_definition = definition(session, task.arn);
    return out;
  }

  const json& definition(const aws::Session& session, const std::string& arn) {
    auto& known = definitions_[arn];
    if (known.is_null()) known = aws::describe_revision(session, arn);
    return known;
  }

  DeployedService show_plan(const aws::Session& session, const WantedService& wanted,
                            const std::function<void(const DeployedService&)>& each) const {
    const auto plan = planned(session, wanted, settings_);
    DeployedService out{.name = wanted.service->name,
                        .arn = plan.arn,
                        .task_definition = aws::text_of(wanted.document, "taskDefinition"),
                        .is_created = plan.is_created,
                        .changes = plan.changes};
    if (each) each(out);
    return out;
  }

  // Only for a rollout: nothing to migrate when the service already runs this revision.
  bool is_due(const aws::Session& session, const WantedService& wanted) const {
    const auto plan = planned(session, wanted, settings_);
    return plan.is_created || settings_.is_forced ||
           std::any_of(plan.changes.begin(), plan.changes.end(),
                       [](const auto& change) { return change.name == "taskDefinition"; });
  }

  void run_before(const aws::Session& session, const WantedService& wanted, const Registration& registration) {
    if (!is_due(session, wanted)) return;
    const auto& before = *wanted.service->before;
    step(cat("running `before` of the service `", wanted.service->name, "`"), [&] {
      const auto live = aws::find_service(session, wanted.id);
      const auto& task_definition = definition(session, task_called(registration, before.task).arn);
      const TaskRun run{.cluster = wanted.id.cluster,
                        .task_definition = task_definition,
                        .container = before.container,
                        .command = before.command,
                        .placement = placement_of(live.value_or(json::object()), wanted.document, task_definition)};
      require_success(wanted, app::run_task(session, run, settings_.wait.timeout, [&](const std::string& line) {
                        tell(*wanted.service, cat("before | ", printable(line, 2000)));
                      }));
    });
  }

  void require_success(const WantedService& wanted, const TaskResult& result) const {
    if (result.exit_code == 0) {
      tell(*wanted.service, cat("the task of `before` ended with exit code 0 (", result.arn, ")"));
      return;
    }
    const auto reason = result.failure ? text_of(*result.failure) : std::string("the container never ran");
    throw Error(ErrorKind::deployment,
                cat("the task of `before` failed; the service `", wanted.service->name, "` was not updated"),
                result.failure ? cure_of(*result.failure) : "")
        .because(cat(reason, " (", result.arn, ")"));
  }

  std::vector<DeployedService> roll_out(const aws::Session& session, const std::vector<WantedService>& wanted,
                                        const Registration& registration,
                                        const std::function<void(const DeployedService&)>& each) {
    std::vector<StartedRollout> started;
    for (const auto& one : wanted)
      started.push_back(step(cat("deploying the service `", one.service->name, "`"), [&] {
        auto rollout = start_rollout(session, one, settings_, on_event_);
        announce(one, rollout);
        if (one.service->scale) scale(session, one);
        return rollout;
      }));
    std::vector<DeployedService> out(wanted.size());
    std::mutex mutex;
    // Each wait sleeps most of the time: all at once.
    parallel_for_each(
        wanted.size(), static_cast<unsigned>(wanted.size()),
        [&](std::size_t i) {
          auto done = finish(session, wanted[i], started[i], registration);
          const std::lock_guard lock(mutex);
          if (each) each(done);
          out[i] = std::move(done);
        },
        context_.runtime.stop);
    return out;
  }

  void announce(const WantedService& wanted, const StartedRollout& rollout) const {
    std::vector<std::string> names;
    for (const auto& change : rollout.changes) names.push_back(change.name);
    if (rollout.is_created)
      tell(*wanted.service, cat("created ", rollout.arn));
    else if (!names.empty())
      tell(*wanted.service, cat("updated: ", join(names, ", ")));
    else if (settings_.is_forced)
      tell(*wanted.service, "new deployment (--force)");
  }

  void scale(const aws::Session& session, const WantedService& wanted) const {
    const auto scaling = scaling_of(*wanted.service->scale);
    const auto changes = aws::scaling_changes(session, wanted.id, scaling);
    if (changes.empty()) return;
    aws::set_scaling(session, wanted.id, scaling);
    tell(*wanted.service, cat("automatic scaling: ", join(changes, ", ")));
  }

  DeployedService finish(const aws::Session& session, const WantedService& wanted, const StartedRollout& started,
                         const Registration& registration) const {
    DeployedService out{.name = wanted.service->name,
                        .arn = started.arn,
                        .task_definition = aws::text_of(wanted.document, "taskDefinition"),
                        .is_created = started.is_created,
                        .changes = started.changes};
    if (!started.is_running) {
      out.result.outcome = started.changes.empty() ? Outcome::unchanged : Outcome::done;
      return out;
    }
    if (!settings_.waits) {
      out.result.note = "not waited for (--no-wait)";
      return out;
    }
    const Rollout rollout{.id = wanted.id,
                          .name = wanted.service->name,
                          .target = started.target,
                          .task_definition = wanted.task_definition,
                          .digests = registration.manifests};
    out.result = wait_for(session, rollout, settings_.wait, on_event_);
    return out;
  }

  const Context& context_;
  const spec::Project& project_;
  const DeploySettings& settings_;
  const OnRolloutEvent& on_event_;
  std::map<std::string, json> definitions_ = {};  // by ARN
};

}  // namespace

Deployment deploy(const Context& context, const spec::Project& project, const std::vector<std::string>& names,
                  const DeploySettings& settings, const OnRolloutEvent& on_event,
                  const std::function<void(const DeployedService&)>& each) {
  return Deployer(context, project, settings, on_event).run(names, each);
}

}  // namespace lapstrake::app
