#include "rollout_report.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "results.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* event_names[] = {"progress", "message", "failure", "earlyVerdict", "hook", "note"};

std::string_view headline(app::Outcome outcome) {
  switch (outcome) {
    case app::Outcome::rolled_back: return "was rolled back";
    case app::Outcome::superseded: return "was superseded by another deployment";
    case app::Outcome::timed_out: return "is still in progress after the timeout";
    case app::Outcome::waiting: return "waits for an approval";
    case app::Outcome::done:
    case app::Outcome::unchanged:
    case app::Outcome::failed: break;
  }
  return "failed";
}

std::string reason_of(const app::RolloutResult& result) {
  std::vector<std::string> parts;
  if (result.failure) parts.push_back(text_of(*result.failure));
  if (!result.reason.empty()) parts.push_back(result.reason);
  if (!result.other_deployment.empty()) parts.push_back(cat("the other deployment is ", result.other_deployment));
  return join(parts, "; ");
}

void print_failure(CommandContext& command, const std::string& name, const app::RolloutResult& result) {
  Error error(static_cast<ErrorKind>(app::exit_code(result.outcome)),
              cat("the deployment of `", name, "` ", headline(result.outcome)), result.cure);
  error.because(reason_of(result));
  if (!result.log_was_shown || command.options().quiet)
    for (const auto& line : result.log) command.printer().message(cat("  | ", printable(line.text, 2000), "\n"));
  command.printer().error(error);
}

ordered_json result_json(const std::string& name, const std::string& arn, const app::RolloutResult& result) {
  ordered_json hooks = ordered_json::array();
  for (const auto& hook : result.hooks)
    hooks.push_back({{"id", hook.id}, {"stage", hook.stage}, {"expires", hook.expires}, {"then", hook.then}});
  return {{"event", "result"},
          {"service", name},
          {"arn", arn},
          {"outcome", text_of(result.outcome)},
          {"exitCode", app::exit_code(result.outcome)},
          {"reason", reason_of(result)},
          {"note", result.note},
          {"help", result.cure},
          {"hooks", hooks}};
}

}  // namespace

std::chrono::milliseconds parse_duration(const std::string& text) {
  const auto number = text.empty() ? std::nullopt : parse_integer(text.substr(0, text.size() - 1));
  constexpr std::int64_t most = 7 * 24 * 3600;
  const std::int64_t unit = text.ends_with('s') ? 1 : text.ends_with('m') ? 60 : text.ends_with('h') ? 3600 : 0;
  if (!number || unit == 0 || *number < 1 || *number > most / unit)
    throw Error(ErrorKind::usage, cat("`", printable(text), "` is not a duration"),
                "use a number with a unit, at most seven days: 90s, 30m, 2h");
  return std::chrono::seconds(*number * unit);
}

std::vector<Option> WaitOptions::list() {
  return {option("--timeout", "DURATION", "how long to wait: 90s, 30m (the default), 2h; the deployment continues",
                 timeout),
          option("--wait-until", "STATE",
                 "`deployed` (the default), `stable` (old tasks have stopped too), or a lifecycle stage such as "
                 "`BAKE_TIME`",
                 until),
          flag("--fail-fast", "roll back when three tasks have failed in the same way", fail_fast),
          flag("--rollback-on-timeout", "roll back after the timeout", rollback_on_timeout)};
}

app::WaitSettings WaitOptions::settings() const {
  app::WaitSettings out{.fail_fast = fail_fast, .rollback_on_timeout = rollback_on_timeout};
  if (timeout) out.timeout = parse_duration(*timeout);
  if (!until) return out;
  const auto& stages = app::lifecycle_stages();
  if (*until != "deployed" && *until != "stable" && std::find(stages.begin(), stages.end(), *until) == stages.end())
    throw Error(ErrorKind::usage, cat("`", printable(*until), "` is not a state to wait for"),
                cat("use deployed, stable, ", join(stages, ", ")));
  out.until = *until;
  return out;
}

app::OnRolloutEvent rollout_events(CommandContext& command) {
  const auto context = command.context();
  return [&command, progress = context.report.progress](const app::RolloutEvent& event) {
    if (command.options().json) {
      ordered_json line{{"event", event_names[static_cast<std::size_t>(event.kind)]},
                        {"service", event.service},
                        {"text", event.text}};
      line.update(ordered_json::parse(event.details));
      return print_json_line(command.printer(), line);
    }
    const bool is_warning =
        event.kind == app::RolloutEvent::Kind::failure || event.kind == app::RolloutEvent::Kind::early_verdict;
    progress({.kind = is_warning ? app::Event::Kind::warning : app::Event::Kind::note,
              .text = cat(event.service, ": ", event.text)});
  };
}

void print_result(CommandContext& command, const std::string& name, const std::string& arn,
                  const app::RolloutResult& result, const ordered_json& more) {
  if (command.options().json) {
    auto line = result_json(name, arn, result);
    line.update(more);
    return print_json_line(command.printer(), line);
  }
  command.clear();
  command.print_line(cat(arn, " ", text_of(result.outcome), result.note.empty() ? "" : cat(": ", result.note)));
  if (app::exit_code(result.outcome) != 0) print_failure(command, name, result);
}

int joint_exit_code(const std::vector<app::Outcome>& outcomes) {
  int joint = 0;
  for (const auto outcome : outcomes)
    if (const int code = app::exit_code(outcome); code != 0) joint = joint == 0 ? code : std::min(joint, code);
  return joint;
}

}  // namespace lapstrake::cli
