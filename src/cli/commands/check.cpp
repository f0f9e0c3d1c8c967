// `lapstrake check`: reports every mistake in the spec.
#include <algorithm>
#include <lapstrake/app/check/check.hpp>
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

int check(CommandContext& command) {
  const auto result = command.read();
  auto findings = result.findings;
  if (auto project = result.project) {
    command.pin(*project);
    for (auto& one : app::check(command.context(), *project)) findings.push_back(std::move(one));
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
  return {
      .name = "check",
      .summary = "report every mistake in the spec, offline",
      .usage = {},
      .examples = "  lapstrake check\n  lapstrake check -e production\n",
      .description = R"(Reports every mistake in the spec in one run: invalid keys and values, source
files that are missing or cannot be packed, and task definitions that ECS would
reject. Needs no network. Prints nothing and exits 0 if there is no mistake;
otherwise exits 2.
)",
      .run = check,
  };
}

}  // namespace lapstrake::cli
