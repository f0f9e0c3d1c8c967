#include <algorithm>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/tasks/register.hpp>
#include <lapstrake/app/tasks/source_lines.hpp>
#include <lapstrake/aws/ecs/model.hpp>
#include <lapstrake/aws/ecs/rules/check.hpp>
#include <lapstrake/aws/ecs/rules/finding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/placeholders.hpp>

#include "task_document.hpp"

namespace lapstrake::app {
namespace {

using nlohmann::json;

// A reference of the right form for an image that has no digest yet.
std::string placeholder_reference(const spec::Image& image) {
  const std::string digest = "sha256:" + std::string(64, '0');
  const auto& repository = image.repository.empty() ? "localhost/" + image.name : image.repository;
  return image.tags.empty() ? cat(repository, "@", digest) : cat(repository, ":", image.tags.front(), "@", digest);
}

// The element or member that a step of a JSON pointer leads to; null where there is none.
json child_of(const json& value, const std::string& step) {
  if (value.is_object()) {
    const auto member = value.find(replace_all(replace_all(step, "~1", "/"), "~0", "~"));
    return member == value.end() ? json() : *member;
  }
  const auto index = parse_integer(step);
  const bool is_there = value.is_array() && index && *index >= 0 && static_cast<std::size_t>(*index) < value.size();
  return is_there ? value[static_cast<std::size_t>(*index)] : json();
}

// "/containerDefinitions/0/memory" -> "containerDefinitions[0] (`web`).memory"
std::string readable(const std::string& pointer, const json& document) {
  std::string out;
  json value = document;
  for (const auto& part : split(std::string_view(pointer).substr(pointer.empty() ? 0 : 1), '/')) {
    value = child_of(value, part);
    if (parse_integer(part)) {
      out += cat("[", part, "]");
      if (value.is_object() && value.contains("name") && value["name"].is_string())
        out += cat(" (`", value["name"].get<std::string>(), "`)");
    } else if (!part.empty()) {
      out += cat(out.empty() ? "" : ".", part);
    }
  }
  return out;
}

spec::Diagnostic diagnostic_of(const spec::Task& task, const aws::Finding& finding, const json& document) {
  spec::Diagnostic diagnostic;
  diagnostic.severity = finding.severity == aws::Finding::Severity::error ? spec::Diagnostic::Severity::error
                                                                          : spec::Diagnostic::Severity::warning;
  diagnostic.where = spec::position_of(task, document, finding.pointer);
  const auto where = readable(finding.pointer, document);
  diagnostic.message = cat("task `", task.name, "`", where.empty() ? "" : cat(", ", where), ": ", finding.message);
  diagnostic.help = finding.help;
  if (!finding.rule.empty()) {
    diagnostic.message += " (from the AWS reference)";
    diagnostic.help += cat(", or ignore it with `ignore_rules: [", finding.rule, "]` in the task if ECS accepts it");
  }
  // Nothing nearer than the task itself: the value stands in the file that `from:` names.
  if (!task.from_file.empty() && diagnostic.where.file == task.where.file && diagnostic.where.line == task.where.line)
    diagnostic.message += cat(" (in `", task.from_file.string(), "`)");
  return diagnostic;
}

// An image of the spec that is meant, but not referred to.
std::vector<aws::Finding> check_images(const json& document, const spec::Project& project) {
  std::vector<aws::Finding> findings;
  const auto containers = document.value("containerDefinitions", json::array());
  for (std::size_t i = 0; containers.is_array() && i < containers.size(); ++i) {
    if (!containers[i].is_object() || !containers[i].contains("image") || !containers[i]["image"].is_string()) continue;
    const auto name = containers[i]["image"].get<std::string>();
    if (name.find("${images.") != std::string::npos || name.find('<') != std::string::npos) continue;
    const auto pointer = cat("/containerDefinitions/", i, "/image");
    if (std::any_of(project.images.begin(), project.images.end(),
                    [&](const auto& image) { return image.name == name; }))
      findings.push_back(
          {.pointer = pointer,
           .message = cat("`", name, "` is an image of this spec, but ECS would pull it from Docker Hub"),
           .help = cat("write `image: \"${images.", name, "}\"` to build, push and pin it")});
  }
  return findings;
}

// Values of the containers' environment, which are no one's to read in a log.
std::vector<std::string> environment_values(const json& document) {
  std::vector<std::string> values;
  const auto containers = document.value("containerDefinitions", json());
  if (!containers.is_array()) return values;
  for (const auto& container : containers) {
    if (!container.is_object() || !container.value("environment", json()).is_array()) continue;
    for (const auto& variable : container.value("environment", json::array()))
      if (variable.is_object() && variable.contains("value") && variable["value"].is_string())
        values.push_back(variable["value"].get<std::string>());
  }
  return values;
}

constexpr std::size_t least_secret = 4;  // shorter ones ("1", "yes") stand in many words

// The lines that are shown, with stars for such values. One that is written in another way (escapes) hides its line.
std::vector<spec::Diagnostic> hidden(std::vector<spec::Diagnostic> diagnostics,
                                     const std::vector<std::string>& values) {
  for (auto& diagnostic : diagnostics) {
    const auto shown = diagnostic.line;
    for (const auto& value : values)
      if (value.size() >= least_secret) {
        const auto written = json(value).dump(-1, ' ', false, json::error_handler_t::replace);  // in a JSON file
        diagnostic.line = replace_all(diagnostic.line, value, std::string(value.size(), '*'));
        diagnostic.line =
            replace_all(diagnostic.line, written.substr(1, written.size() - 2), std::string(value.size(), '*'));
      }
    if (diagnostic.line == shown && diagnostic.message.find(".environment[") != std::string::npos)
      diagnostic.line.clear();
  }
  return diagnostics;
}

constexpr std::size_t most_findings = 100;  // of a task: the place of each is looked up in its file

bool is_ignored(const spec::Task& task, const aws::Finding& finding) {
  return !finding.rule.empty() &&
         std::find(task.ignore_rules.begin(), task.ignore_rules.end(), finding.rule) != task.ignore_rules.end();
}

void check_ignored_rules(const spec::Task& task, std::vector<spec::Diagnostic>& diagnostics) {
  const auto known = aws::ignorable_rules();
  for (const auto& rule : task.ignore_rules) {
    if (std::find(known.begin(), known.end(), rule) != known.end()) continue;
    const auto near = nearest(rule, known);
    spec::Diagnostic diagnostic;
    diagnostic.where = task.ignore_where;
    diagnostic.message = cat("task `", task.name, "`: `ignore_rules` names an unknown rule: `", rule, "`");
    diagnostic.help = near ? cat("did you mean `", *near, "`?") : cat("the rules are: ", join(known, ", "));
    diagnostics.push_back(std::move(diagnostic));
  }
}

std::vector<spec::Diagnostic> check_task(const Context& context, const spec::Project& project, const spec::Task& task) {
  std::vector<spec::Diagnostic> diagnostics;
  json document;
  try {
    document = document_of(task);
  } catch (const Error& error) {
    diagnostics.push_back({.where = task.where,
                           .message = cat("task `", task.name, "`: ", error.line()),
                           .hint = {},
                           .line = {},
                           .help = error.help()});
    return with_source_lines(std::move(diagnostics));
  }
  check_ignored_rules(task, diagnostics);
  auto findings = check_images(document, project);
  std::map<std::string, std::string> references;
  std::map<std::string, aws::ImageFact> facts;
  for (const auto& image : project.images) {
    references[image.name] = placeholder_reference(image);
    if (!context.images.prebuilt.contains(image.name))
      facts[references[image.name]] =
          fact_of(context.images.platforms.empty() ? image.platforms : context.images.platforms);
    if (image.repository.empty() && std::find(task.images.begin(), task.images.end(), image.name) != task.images.end())
      findings.push_back({.pointer = "/containerDefinitions",
                          .message = cat("image `", image.name, "` has no `repository:` to push to"),
                          .help = cat("add `repository: HOST/NAME` to it (", image.where.text(), ")")});
  }
  document = filled(std::move(document), references);
  const auto own = findings;
  for (auto& finding : aws::check(document, facts))
    if (!is_ignored(task, finding) &&
        std::none_of(own.begin(), own.end(), [&](const auto& one) { return one.pointer == finding.pointer; }))
      findings.push_back(std::move(finding));  // a value that was judged above is judged once
  const std::size_t more = findings.size() - std::min(findings.size(), most_findings);
  if (more > 0) {  // errors first
    std::stable_partition(findings.begin(), findings.end(),
                          [](const auto& finding) { return finding.severity == aws::Finding::Severity::error; });
    findings.resize(most_findings);
  }
  for (const auto& finding : findings) diagnostics.push_back(diagnostic_of(task, finding, document));
  if (more > 0)
    diagnostics.push_back({.severity = spec::Diagnostic::Severity::warning,  // errors, if any, are among the first
                           .where = task.where,
                           .message = cat("task `", task.name, "` has ", more, " more mistakes (not shown)"),
                           .hint = {},
                           .line = {},
                           .help = "correct the mistakes above first"});
  return hidden(with_source_lines(std::move(diagnostics)), environment_values(document));
}

}  // namespace

std::vector<spec::Diagnostic> check_tasks(const Context& context, const spec::Project& project,
                                          const std::vector<std::string>& names) {
  std::vector<spec::Diagnostic> all;
  if (project.tasks.empty() && names.empty()) return all;
  for (const auto* task : choose_tasks(project, names))
    for (auto& diagnostic : check_task(context, project, *task)) all.push_back(std::move(diagnostic));
  return all;
}

}  // namespace lapstrake::app
