#include <lapstrake/app/online/check_online.hpp>

#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/tasks/document.hpp>
#include <lapstrake/app/tasks/session.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/source_lines.hpp>

#include "scope.hpp"

namespace lapstrake::app {

void OnlineScope::add(const OnlineTask& task, Finding finding) {
  if (!seen.insert(finding.message).second) return;
  findings.push_back(located(*task.task, std::move(finding), task.document));
}

void OnlineScope::add(const spec::Service& service, const std::string& pointer, Finding finding) {
  if (!seen.insert(cat(service.name, finding.message)).second) return;
  const auto at = service.positions.find(pointer);
  finding.where = at == service.positions.end() ? service.where : at->second;
  finding.message = cat("service `", service.name, "`: ", finding.message);
  findings.push_back(std::move(finding));
}

void OnlineScope::try_check(const std::string& what, const std::function<void()>& check) {
  try {
    check();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::access) throw;
    if (!seen.insert(what).second) return;
    findings.push_back({.severity = Finding::Severity::warning,
                        .where = {.file = project.file.string()},
                        .message = cat("cannot check ", what, ": ", error.line()),
                        .help = error.help()});
  }
}

std::vector<Finding> check_online(const Context& context, const spec::Project& project) {
  const Network network(context, project.registries);
  std::vector<const spec::Image*> images;
  for (const auto& image : project.images) images.push_back(&image);
  OnlineScope scope{.project = project, .session = session_for_tasks(network, images)};
  std::vector<nlohmann::json> documents;
  for (const auto& task : project.tasks) {
    scope.tasks.push_back({&task, placeholder_document(project, task)});
    documents.push_back(scope.tasks.back().document);
  }
  scope.account = account_of(project, documents, scope.session.region);
  scope.try_check("the identity of the caller",
                  [&] { scope.account.id = aws::caller_identity(scope.session).account; });
  check_roles(scope);
  check_deployer(scope);
  check_secrets(scope);
  check_log_groups(scope);
  check_repositories(scope);
  check_networks(scope);
  check_scaling(scope);
  check_deployment_time(scope);
  return spec::with_source_lines(std::move(scope.findings));
}

}  // namespace lapstrake::app
