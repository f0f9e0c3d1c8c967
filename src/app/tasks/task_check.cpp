#include <algorithm>
#include <lapstrake/app/choose.hpp>
#include <lapstrake/app/tasks/document.hpp>
#include <lapstrake/app/tasks/register.hpp>
#include <lapstrake/aws/ecs/model.hpp>
#include <lapstrake/aws/ecs/rules/check.hpp>
#include <lapstrake/aws/ecs/rules/documented.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/placeholders.hpp>
#include <lapstrake/spec/source_lines.hpp>
#include <lapstrake/spec/task_position.hpp>

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

// "/containerDefinitions/0/memory" -> "containerDefinitions[0] (`web`).memory"
std::string readable(const std::string& pointer, const json& document) {
  std::string out;
  json value = document;
  for (const auto& part : split(std::string_view(pointer).substr(pointer.empty() ? 0 : 1), '/')) {
    const json::json_pointer step("/" + part);
    value = value.contains(step) ? json(value.at(step)) : json();
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

// An image of the spec that is meant, but not referred to.
std::vector<Finding> check_images(const json& document, const spec::Project& project) {
  std::vector<Finding> findings;
  const auto containers = document.value("containerDefinitions", json::array());
  for (std::size_t i = 0; containers.is_array() && i < containers.size(); ++i) {
    if (!containers[i].is_object() || !containers[i].contains("image") || !containers[i]["image"].is_string()) continue;
    const auto name = containers[i]["image"].get<std::string>();
    if (name.find("${images.") != std::string::npos || name.find('<') != std::string::npos) continue;
    if (std::any_of(project.images.begin(), project.images.end(),
                    [&](const auto& image) { return image.name == name; }))
      findings.push_back(
          {.pointer = cat("/containerDefinitions/", i, "/image"),
           .message = cat("`", name, "` is an image of this spec, but ECS would pull it from Docker Hub"),
           .help = cat("write `image: \"${images.", name, "}\"` to build, push and pin it")});
  }
  return findings;
}

// Values of the containers' environment, which must not appear in a log.
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
std::vector<Finding> hidden(std::vector<Finding> findings, const std::vector<std::string>& values) {
  for (auto& finding : findings) {
    const auto shown = finding.line;
    for (const auto& value : values)
      if (value.size() >= least_secret) {
        const auto written = json(value).dump(-1, ' ', false, json::error_handler_t::replace);  // in a JSON file
        const std::string stars(value.size(), '*');
        finding.line = replace_all(finding.line, value, stars);
        finding.line = replace_all(finding.line, written.substr(1, written.size() - 2), stars);
      }
    if (finding.line == shown && finding.message.find(".environment[") != std::string::npos) finding.line.clear();
  }
  return findings;
}

constexpr std::size_t most_findings = 100;  // of a task: the place of each is looked up in its file

bool is_ignored(const spec::Task& task, const Finding& finding) {
  return !finding.rule.empty() &&
         std::find(task.ignore_rules.begin(), task.ignore_rules.end(), finding.rule) != task.ignore_rules.end();
}

void check_ignored_rules(const spec::Task& task, std::vector<Finding>& findings) {
  const auto known = aws::ignorable_rules();
  for (const auto& rule : task.ignore_rules) {
    if (std::find(known.begin(), known.end(), rule) != known.end()) continue;
    const auto near = nearest(rule, known);
    findings.push_back({.where = task.ignore_where,
                        .message = cat("task `", task.name, "`: `ignore_rules` names an unknown rule: `", rule, "`"),
                        .help = near ? cat("did you mean `", *near, "`?") : cat("the rules are: ", join(known, ", "))});
  }
}

std::vector<Finding> check_task(const Context& context, const spec::Project& project, const spec::Task& task) {
  json document;
  try {
    document = document_of(task);
  } catch (const Error& error) {
    auto finding = finding_of(error, task.where);
    finding.message = cat("task `", task.name, "`: ", finding.message);
    return spec::with_source_lines({std::move(finding)});
  }
  auto findings = check_images(document, project);
  std::map<std::string, std::string> references;
  std::map<std::string, aws::ImageFact> facts;
  for (const auto& image : project.images) {
    references[image.name] = placeholder_reference(image);
    if (!context.images.prebuilt.contains(image.name))
      facts[references[image.name]] = fact_of(platforms_of(context, image));
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
                          [](const auto& finding) { return finding.severity == Finding::Severity::error; });
    findings.resize(most_findings);
  }
  std::vector<Finding> all;
  check_ignored_rules(task, all);
  for (auto& finding : findings) all.push_back(located(task, std::move(finding), document));
  if (more > 0)
    all.push_back({.severity = Finding::Severity::warning,  // errors, if any, are among the first
                   .where = task.where,
                   .message = cat("task `", task.name, "` has ", more, " more mistakes (not shown)"),
                   .help = "correct the mistakes above first"});
  return hidden(spec::with_source_lines(std::move(all)), environment_values(document));
}

}  // namespace

Finding located(const spec::Task& task, Finding finding, const json& document) {
  finding.where = spec::position_of(task, document, finding.pointer);
  const auto path = readable(finding.pointer, document);
  finding.message = cat("task `", task.name, "`", path.empty() ? "" : cat(", ", path), ": ", finding.message);
  if (!finding.rule.empty()) {
    finding.message += " (from the AWS reference)";
    finding.help += cat(", or ignore it with `ignore_rules: [", finding.rule, "]` in the task if ECS accepts it");
  }
  // The position of the task itself: the value is in the file that `from:` names.
  if (!task.from_file.empty() && finding.where.file == task.where.file && finding.where.line == task.where.line)
    finding.message += cat(" (in `", task.from_file.string(), "`)");
  return finding;
}

json placeholder_document(const spec::Project& project, const spec::Task& task) {
  std::map<std::string, std::string> references;
  for (const auto& image : project.images) references[image.name] = placeholder_reference(image);
  return filled(document_of(task), references);
}

std::vector<Finding> check_tasks(const Context& context, const spec::Project& project,
                                 const std::vector<std::string>& names) {
  std::vector<Finding> all;
  if (project.tasks.empty() && names.empty()) return all;
  for (const auto* task : choose_tasks(project, names))
    for (auto& finding : check_task(context, project, *task)) all.push_back(std::move(finding));
  return all;
}

}  // namespace lapstrake::app
