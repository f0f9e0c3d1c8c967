#include "wait.hpp"

#include <algorithm>
#include <lapstrake/aws/ecs/service_deployments.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <map>
#include <utility>

#include "failed_tasks.hpp"
#include "running_tasks.hpp"
#include "timestamps.hpp"

namespace lapstrake::app {
namespace {

using nlohmann::json;
using Kind = RolloutEvent::Kind;

constexpr std::chrono::milliseconds first_poll{1000}, longest_poll{6000};
constexpr std::size_t same_failures = 3;  // that make the early verdict

class Wait {
 public:
  Wait(const aws::Session& session, const Rollout& rollout, const WaitSettings& settings,
       const OnRolloutEvent& on_event)
      : session_(session),
        rollout_(rollout),
        settings_(settings),
        on_event_(on_event),
        begin_(session.runtime.clock()),
        failed_(session, rollout) {}

  RolloutResult run() {
    auto poll = first_poll;
    while (true) {
      const auto seen = observe();
      show(seen);
      const auto now = verdict(rollout_.target, seen);
      look_for_failures();
      if (auto result = ended(seen, now)) return *std::move(result);
      if (session_.runtime.clock() - begin_ >= settings_.timeout) {
        if (auto result = timed_out(now)) return *std::move(result);
      }
      session_.runtime.sleep(poll);
      poll = std::min(longest_poll, poll + poll / 2);
    }
  }

 private:
  Observation observe() {
    auto service = aws::find_service(session_, rollout_.id);
    if (!service)
      throw Error(ErrorKind::deployment, cat("the service `", rollout_.id.name, "` no longer exists"),
                  "somebody deleted it during the deployment");
    Observation seen{.service = *std::move(service), .deployment = {}};
    if (!rollout_.target.deployment_arn.empty())
      seen.deployment = aws::find_service_deployment(session_, rollout_.target.deployment_arn);
    return seen;
  }

  void tell(Kind kind, std::string text, const json& details = json::object()) const {
    if (on_event_)
      on_event_({.kind = kind, .service = rollout_.name, .text = std::move(text), .details = details.dump()});
  }

  void show(const Observation& seen) {
    for (const auto& event : new_messages(seen.service)) tell(Kind::message, event);
    const auto now = progress(rollout_.target, seen);
    auto text = text_of(now);
    if (text == shown_ || now.desired == 0) return;
    shown_ = text;
    tell(Kind::progress, std::move(text),
         {{"desired", now.desired},
          {"running", now.running},
          {"pending", now.pending},
          {"failed", now.failed},
          {"stage", now.stage}});
  }

  // Events of the service since we began, oldest first.
  std::vector<std::string> new_messages(const json& service) {
    std::vector<std::string> messages;
    for (const auto& event : aws::list_of(service, "events")) {
      const auto time = time_of(aws::member_of(event, "createdAt"));
      if (!time || *time < begin_ - std::chrono::seconds(2)) continue;
      if (known_messages_.insert(aws::text_of(event, "id")).second) messages.push_back(aws::text_of(event, "message"));
    }
    std::reverse(messages.begin(), messages.end());
    return messages;
  }

  // The first failure of each kind is shown, and the one that makes the verdict.
  void look_for_failures() {
    for (const auto& failure : failed_.look()) {
      const auto kind = kind_of(failure);
      if (shown_kinds_.insert(kind).second)
        tell(Kind::failure, cat("task ", failure.task, " stopped: ", text_of(failure)),
             {{"task", failure.task}, {"reason", failure.reason}, {"container", failure.container}});
      if (failed_.count(failure) >= same_failures && judged_kinds_.insert(kind).second) early_verdict(failure);
    }
  }

  void early_verdict(const TaskFailure& failure) {
    const auto log = failed_.log_of(failure);
    const auto cure = cure_of(failure, log);
    tell(Kind::early_verdict, cat(same_failures, " tasks of this revision failed in the same way: ", text_of(failure)),
         {{"reason", failure.reason}, {"help", cure}});
    for (const auto& line : log) tell(Kind::note, cat("  | ", printable(line.text, 400)));
    if (!cure.empty()) tell(Kind::note, cat("  help: ", cure));
    if (settings_.fail_fast) roll_back("rolling back now (--fail-fast)");
  }

  void roll_back(const std::string& why) {
    if (asked_to_stop_ || rollout_.target.deployment_arn.empty()) return;
    asked_to_stop_ = true;
    tell(Kind::note, why);
    aws::stop_with_rollback(session_, rollout_.target.deployment_arn);
  }

  std::optional<RolloutResult> ended(const Observation& seen, const Verdict& now) {
    switch (now.state) {
      case RolloutState::done: return done(seen, now);
      case RolloutState::rolled_back: return failed(Outcome::rolled_back, now);
      case RolloutState::failed: return failed(Outcome::failed, now);
      case RolloutState::superseded: return superseded(seen, now);
      case RolloutState::waiting:
        if (is_at_stage(seen)) return at_stage();
        return waiting(now);
      case RolloutState::in_progress:
        if (is_at_stage(seen)) return at_stage();
        break;
      case RolloutState::rolling_back: tell_once("ECS rolls the deployment back", now.reason); break;
    }
    return std::nullopt;
  }

  void tell_once(const std::string& text, const std::string& reason) {
    if (!std::exchange(has_told_, true)) tell(Kind::note, reason.empty() ? text : cat(text, ": ", reason));
  }

  bool is_at_stage(const Observation& seen) const {
    return settings_.until != "deployed" && settings_.until != "stable" && seen.deployment &&
           has_reached(settings_.until, *seen.deployment);
  }

  RolloutResult at_stage() const {
    return {.outcome = Outcome::done, .note = cat("reached the stage ", settings_.until, "; the deployment continues")};
  }

  std::optional<RolloutResult> done(const Observation& seen, const Verdict& now) {
    const auto tasks = running_tasks(session_, rollout_);
    if (settings_.until == "stable" && (tasks.other > 0 || aws::list_of(seen.service, "deployments").size() > 1))
      return std::nullopt;
    RolloutResult result{.outcome = Outcome::done, .reason = now.reason};
    if (!tasks.wrong_image.empty())
      return RolloutResult{
          .outcome = Outcome::failed,
          .reason = cat("a task runs the image ", tasks.wrong_image, ", which this deployment did not send"),
          .cure = "check `versionConsistency` and the repository"};
    if (tasks.other > 0)
      result.note = cat(count_of(tasks.other, "task"), " of other revisions still ", tasks.other == 1 ? "runs" : "run",
                        " and will be stopped");
    else if (progress(rollout_.target, seen).desired == 0)
      result.note = "the desired count is 0: no task runs";
    return result;
  }

  RolloutResult failed(Outcome outcome, const Verdict& now) {
    look_for_failures();
    RolloutResult result{.outcome = outcome, .reason = now.reason};
    result.failure = failed_.most_frequent();
    if (result.failure) {
      result.log = failed_.log_of(*result.failure);
      result.cure = cure_of(*result.failure, result.log);
      result.log_was_shown = judged_kinds_.contains(kind_of(*result.failure));
    }
    return result;
  }

  RolloutResult superseded(const Observation& seen, const Verdict& now) const {
    const auto& primary = aws::primary_deployment(seen.service);
    auto other = aws::text_of(seen.service, "currentServiceDeployment");
    if (other.empty() || other == rollout_.target.deployment_arn) other = aws::text_of(primary, "id");
    RolloutResult result{.outcome = Outcome::superseded, .reason = now.reason, .other_deployment = std::move(other)};
    if (aws::text_of(primary, "taskDefinition") == rollout_.target.task_definition) {
      result.outcome = Outcome::done;
      result.note = cat("a newer deployment (", result.other_deployment, ") continues with the same task definition");
    }
    return result;
  }

  RolloutResult waiting(const Verdict& now) const {
    for (const auto& hook : now.hooks)
      tell(Kind::hook, text_of_hook(hook), {{"hook", hook.id}, {"expires", hook.expires}});
    return {.outcome = Outcome::waiting,
            .reason = now.reason,
            .cure = cat("run `lapstrake approve ", rollout_.name, "`, or `lapstrake approve ", rollout_.name,
                        " --rollback`"),
            .hooks = now.hooks};
  }

  static std::string text_of_hook(const WaitingHook& hook) {
    return cat("waiting for an approval", hook.stage.empty() ? "" : cat(" at the stage ", hook.stage),
               hook.expires.empty() ? "" : cat(", until ", hook.expires),
               hook.then.empty() ? "" : cat(", then ", lower(hook.then)));
  }

  // Nothing while the rollback that we asked for is running.
  std::optional<RolloutResult> timed_out(const Verdict& now) {
    if (settings_.rollback_on_timeout && !asked_to_stop_ && !rollout_.target.deployment_arn.empty()) {
      roll_back("timed out: rolling back (--rollback-on-timeout)");
      begin_ = session_.runtime.clock();
      return std::nullopt;
    }
    RolloutResult result{.outcome = Outcome::timed_out, .reason = now.reason};
    result.failure = failed_.most_frequent();
    result.cure = cat("the deployment continues: run `lapstrake status ", rollout_.name, "`, or raise --timeout");
    return result;
  }

  const aws::Session& session_;
  const Rollout& rollout_;
  const WaitSettings& settings_;
  const OnRolloutEvent& on_event_;
  std::chrono::system_clock::time_point begin_;
  FailedTasks failed_;
  std::string shown_ = {};
  std::set<std::string> known_messages_ = {}, shown_kinds_ = {}, judged_kinds_ = {};
  bool asked_to_stop_ = false, has_told_ = false;
};

}  // namespace

int exit_code(Outcome outcome) {
  switch (outcome) {
    case Outcome::done:
    case Outcome::unchanged: return 0;
    case Outcome::rolled_back:
    case Outcome::failed:
    case Outcome::superseded: break;
    case Outcome::timed_out: return static_cast<int>(ErrorKind::timeout);
    case Outcome::waiting: return static_cast<int>(ErrorKind::approval);
  }
  return static_cast<int>(ErrorKind::deployment);
}

std::string_view text_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::done: return "deployed";
    case Outcome::unchanged: return "no change";
    case Outcome::rolled_back: return "rolled back";
    case Outcome::failed: return "failed";
    case Outcome::superseded: return "superseded";
    case Outcome::timed_out: return "timed out";
    case Outcome::waiting: break;
  }
  return "waiting for an approval";
}

RolloutResult wait_for(const aws::Session& session, const Rollout& rollout, const WaitSettings& settings,
                       const OnRolloutEvent& on_event) {
  return Wait(session, rollout, settings, on_event).run();
}

}  // namespace lapstrake::app
