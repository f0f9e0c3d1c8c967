// `lapstrake check`: reports every mistake in the spec.
#include <algorithm>
#include <lapstrake/app/check/check.hpp>
#include <lapstrake/app/online/check_online.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "command_context.hpp"
#include "results.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

bool is_error(const Finding& finding) { return finding.severity == Finding::Severity::error; }

ordered_json finding_json(const Finding& finding) {
  return {{"severity", is_error(finding) ? "error" : "warning"},
          {"file", finding.where.file},
          {"line", finding.where.line},
          {"column", finding.where.column},
          {"message", finding.message},
          {"hint", finding.hint},
          {"help", finding.help}};
}

int check(CommandContext& command, bool is_online) {
  const auto result = command.read();
  auto findings = result.findings;
  if (auto project = result.project) {
    command.pin(*project);
    for (auto& one : app::check(command.context(), *project)) findings.push_back(std::move(one));
    if (is_online && std::none_of(findings.begin(), findings.end(), is_error))
      for (auto& one : app::check_online(command.context(), *project)) findings.push_back(std::move(one));
  }
  command.clear();
  if (command.options().json) {
    ordered_json list = ordered_json::array();
    for (const auto& one : findings) list.push_back(finding_json(one));
    print_json(command.printer(), list);
  } else {
    for (const auto& one : findings)
      if (!command.options().quiet || is_error(one)) command.printer().result(report(one));
  }
  if (std::any_of(findings.begin(), findings.end(), is_error)) throw command.mistakes(findings);
  return 0;
}

}  // namespace

Command check_command() {
  const auto is_online = std::make_shared<bool>(false);
  return {
      .name = "check",
      .summary = "report every mistake in the spec",
      .usage = {},
      .examples = R"(  lapstrake check
  lapstrake check -e production
  lapstrake check --online              # also ask AWS
)",
      .description = R"(Reports every mistake in the spec in one run: invalid keys and values, source
files that are missing or cannot be packed, and task definitions that ECS would
reject. Needs no network. Prints nothing and exits 0 if there is no mistake;
otherwise exits 2.

With --online, also asks AWS, and changes nothing: whether roles exist, trust
ECS and have the permissions that they need; whether secrets, log groups,
repositories, subnets and security groups exist; whether the load balancer
reaches the port; and why deployments are slow.
)",
      .options = {flag("--online", "ask AWS too: roles, permissions, secrets, log groups, networks", *is_online)},
      .run = [is_online](CommandContext& command) { return check(command, *is_online); },
  };
}

}  // namespace lapstrake::cli
