#include <lapstrake/aws/ecr/host.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/aws/lookups/stored.hpp>
#include <lapstrake/base/text.hpp>

#include "scope.hpp"

namespace lapstrake::app {
namespace {

using nlohmann::json;

void check_secret(OnlineScope& scope, const OnlineTask& task, const std::string& pointer, const json& secret) {
  const auto from = aws::text_of(secret, "valueFrom");
  if (from.empty()) return;
  const auto source = aws::secret_source(from);
  const bool is_secret = source.kind == aws::SecretSource::Kind::secret;
  scope.try_check(cat(is_secret ? "the secret " : "the parameter ", source.id), [&] {
    if (aws::secret_version(scope.session, source)) return;
    scope.add(task, {.pointer = pointer + "/valueFrom",
                     .message = cat("the ", is_secret ? "secret" : "parameter", " `", source.id, "` does not exist",
                                    source.region.empty() || source.region == scope.session.region
                                        ? ""
                                        : cat(" in the region ", source.region)),
                     .help = is_secret ? "aws secretsmanager create-secret --name NAME --secret-string VALUE"
                                       : cat("aws ssm put-parameter --type SecureString --name ",
                                             source.id.substr(source.id.find(":parameter") == std::string::npos
                                                                  ? 0
                                                                  : source.id.find(":parameter") + 10),
                                             " --value VALUE")});
  });
}

void check_log_group(OnlineScope& scope, const OnlineTask& task, const std::string& pointer, const json& container) {
  const auto& configuration = aws::member_of(container, "logConfiguration");
  const auto& options = aws::member_of(configuration, "options");
  const auto group = aws::text_of(options, "awslogs-group"), region = aws::text_of(options, "awslogs-region");
  if (aws::text_of(configuration, "logDriver") != "awslogs" || group.empty() ||
      aws::text_of(options, "awslogs-create-group") == "true")
    return;
  scope.try_check(cat("the log group ", group), [&] {
    if (aws::has_log_group(scope.session, group, region)) return;
    scope.add(task, {.pointer = pointer + "/logConfiguration/options/awslogs-group",
                     .message = cat("the log group `", group, "` does not exist"),
                     .help = cat("aws logs create-log-group --log-group-name ", group,
                                 region.empty() ? "" : cat(" --region ", region),
                                 ", or set `awslogs-create-group: \"true\"`")});
  });
}

using ContainerCheck = void (*)(OnlineScope&, const OnlineTask&, const std::string& pointer, const json& container);
void for_each_container(OnlineScope& scope, ContainerCheck check) {
  for (const auto& task : scope.tasks) {
    const auto& containers = aws::list_of(task.document, "containerDefinitions");
    for (std::size_t i = 0; i < containers.size(); ++i)
      check(scope, task, cat("/containerDefinitions/", i), containers[i]);
  }
}

// A rule that deletes images without a tag, or by their number, may delete one that a service runs.
bool may_expire_pinned(const json& policy) {
  for (const auto& rule : aws::list_of(policy, "rules")) {
    const auto& selection = aws::member_of(rule, "selection");
    if (aws::text_of(selection, "tagStatus") != "tagged") return true;
  }
  return false;
}

void check_repository(OnlineScope& scope, const spec::Image& image, const aws::EcrHost& host) {
  auto session = scope.session;
  session.region = host.region;
  const auto name = image.repository.substr(image.repository.find('/') + 1);
  const auto policy = aws::lifecycle_policy(session, name);
  Finding finding{.severity = Finding::Severity::warning, .where = image.where};
  if (!policy) {
    finding.message = cat("the repository `", name, "` does not exist in ", host.account, "/", host.region);
    finding.help = "`lapstrake push --create-repository` creates it";
  } else if (!policy->empty() && may_expire_pinned(json::parse(*policy, nullptr, false))) {
    finding.message = cat("the lifecycle policy of `", name, "` may delete an image that a service runs");
    finding.help = "tasks are pinned by digest: limit the rules to tags that are never deployed";
  } else {
    return;
  }
  scope.findings.push_back(std::move(finding));
}

}  // namespace

void check_secrets(OnlineScope& scope) {
  for_each_container(
      scope, [](OnlineScope& all, const OnlineTask& task, const std::string& pointer, const json& container) {
        const auto& secrets = aws::list_of(container, "secrets");
        for (std::size_t i = 0; i < secrets.size(); ++i)
          check_secret(all, task, cat(pointer, "/secrets/", i), secrets[i]);
        const auto& options = aws::list_of(aws::member_of(container, "logConfiguration"), "secretOptions");
        for (std::size_t i = 0; i < options.size(); ++i)
          check_secret(all, task, cat(pointer, "/logConfiguration/secretOptions/", i), options[i]);
      });
}

void check_log_groups(OnlineScope& scope) { for_each_container(scope, check_log_group); }

void check_repositories(OnlineScope& scope) {
  for (const auto& image : scope.project.images)
    if (const auto host = aws::parse_ecr_host(image.repository.substr(0, image.repository.find('/'))))
      scope.try_check(cat("the repository of the image `", image.name, "`"),
                      [&] { check_repository(scope, image, *host); });
}

}  // namespace lapstrake::app
