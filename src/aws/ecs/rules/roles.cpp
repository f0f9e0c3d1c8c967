#include <algorithm>
#include <array>
#include <lapstrake/aws/ecr/host.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>
#include <map>
#include <set>

#include "rules.hpp"
#include "words.hpp"

namespace lapstrake::aws {
namespace {

using nlohmann::json;

std::optional<EcrHost> ecr_of(const Container& container) {
  const auto image = text_of(container.value, "image");
  return parse_ecr_host(image.substr(0, image.find('/')));
}

std::string log_driver(const Container& container) {
  return text_of(member_of(container.value, "logConfiguration"), "logDriver");
}

bool has_secrets(const Container& container) {
  return !list_of(container.value, "secrets").empty() ||
         !list_of(member_of(container.value, "logConfiguration"), "secretOptions").empty();
}

// What the execution role is needed for in this container. On EC2 the instance's role pulls from ECR and writes logs.
std::vector<std::string> needs_of(const TaskContext& context, const Container& container) {
  std::vector<std::string> needs;
  if (context.is_fargate && ecr_of(container)) needs.push_back("pulls its image from ECR");
  if (context.is_fargate && log_driver(container) == "awslogs") needs.push_back("logs with awslogs");
  if (has_secrets(container)) needs.push_back("has secrets");
  if (!member_of(container.value, "repositoryCredentials").is_null()) needs.push_back("has repositoryCredentials");
  if (context.is_fargate && !list_of(container.value, "environmentFiles").empty())
    needs.push_back("has environmentFiles");
  return needs;
}

std::string account_for_help(const TaskContext& context) {
  for (const auto& container : context.containers)
    if (const auto host = ecr_of(container)) return host->account;
  return "ACCOUNT";
}

void needs_execution_role(const TaskContext& context, Findings& findings) {
  if (!text_of(context.document, "executionRoleArn").empty()) return;
  std::vector<std::string> reasons;
  for (const auto& container : context.containers)
    if (const auto needs = needs_of(context, container); !needs.empty())
      reasons.push_back(cat("`", container.name, "` ", join(needs, " and ")));
  if (!reasons.empty())
    findings.error(
        "/executionRoleArn", cat("missing execution role: ", join(reasons, ", ")),
        cat("add `executionRoleArn: arn:aws:iam::", account_for_help(context), ":role/ecsTaskExecutionRole`"));
}

// "arn:aws:iam::123456789012:role/path/name"; ECS takes a bare name too.
bool is_role(std::string_view text) {
  if (!text.starts_with("arn:")) return is_word(text, "+=,.@_-") && text.size() <= 64;
  const auto parts = split(text, ':');
  return parts.size() == 6 && parts[2] == "iam" && parts[3].empty() && parts[4].size() == 12 &&
         parts[4].find_first_not_of("0123456789") == std::string::npos && parts[5].starts_with("role/") &&
         is_word(std::string_view(parts[5]).substr(5), "+=,.@_-/");
}

void role_forms(const TaskContext& context, Findings& findings) {
  for (const auto* name : {"executionRoleArn", "taskRoleArn"}) {
    const auto role = text_of(context.document, name);
    if (role.empty() || is_role(role) || !placeholder_in(role).empty()) continue;
    findings.error(cat("/", name), cat("`", role, "` is not a valid role"),
                   "write `arn:aws:iam::123456789012:role/NAME`");
  }
}

void one_role_for_both(const TaskContext& context, Findings& findings) {
  const auto execution = text_of(context.document, "executionRoleArn"), task = text_of(context.document, "taskRoleArn");
  if (!task.empty() && task == execution)
    findings.warning("/taskRoleArn", cat("the task role and the execution role are both `", task, "`"),
                     "ECS uses the execution role (images, logs, secrets), the application uses the task role: give "
                     "each role only the permissions it needs, or remove `taskRoleArn`");
  const auto of = split(execution, ':'), other = split(task, ':');
  if (of.size() == 6 && other.size() == 6 && of[4] != other[4] && placeholder_in(execution + task).empty())
    findings.warning("/taskRoleArn", cat("the two roles belong to different accounts (", of[4], " and ", other[4], ")"),
                     "ECS can pass only roles of the account that the task runs in");
}

enum class SecretForm { parameter, ssm, secrets_manager, missing_fields, not_ssm_parameter, unknown };

SecretForm form_of(const std::string& text) {
  if (!text.starts_with("arn:")) return is_word(text, "_.-/") ? SecretForm::parameter : SecretForm::unknown;
  const auto parts = split(text, ':');
  if (parts.size() < 6 || parts[3].empty() || parts[4].empty()) return SecretForm::unknown;
  if (parts[2] == "ssm")
    return parts.size() == 6 && parts[5].starts_with("parameter/") ? SecretForm::ssm : SecretForm::not_ssm_parameter;
  if (parts[2] != "secretsmanager" || parts.size() < 7 || parts[5] != "secret" || parts[6].empty())
    return SecretForm::unknown;
  return parts.size() == 7 || parts.size() == 10 ? SecretForm::secrets_manager : SecretForm::missing_fields;
}

std::string region_of_logs(const TaskContext& context) {
  for (const auto& container : context.containers)
    if (const auto region =
            text_of(member_of(member_of(container.value, "logConfiguration"), "options"), "awslogs-region");
        !region.empty())
      return region;
  return "";
}

void secret_form(const TaskContext& context, const std::string& value, const std::string& pointer, Findings& findings) {
  if (!placeholder_in(value).empty()) return;
  const auto form = form_of(value);
  if (form == SecretForm::unknown)
    findings.error(pointer, cat("`", value, "` is not the ARN of a secret or a parameter"),
                   "write `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX`, "
                   "`arn:aws:ssm:REGION:ACCOUNT:parameter/NAME` or the name of a parameter");
  if (form == SecretForm::not_ssm_parameter)
    findings.error(pointer, cat("`", value, "` is not the ARN of an SSM parameter"),
                   "write `arn:aws:ssm:REGION:ACCOUNT:parameter/NAME`");
  if (form == SecretForm::missing_fields)
    findings.error(pointer, cat("`", value, "` has only some of the last three fields of a secret's ARN"),
                   "keep the colons of empty fields: `...:secret:NAME-SUFFIX:json-key:version-stage:version-id`, "
                   "for example `...:password::`");
  const auto region = region_of_logs(context);
  if (form != SecretForm::ssm && form != SecretForm::secrets_manager) return;
  if (const auto own = split(value, ':')[3]; !region.empty() && own != region)
    findings.warning(pointer, cat("the secret is in ", own, ", the logs are in ", region),
                     "check the region in the ARN");
}

void secrets_of(const TaskContext& context, const json& list, const std::string& pointer, Findings& findings) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto at = below(pointer, i);
    const auto name = text_of(list[i], "name"), from = text_of(list[i], "valueFrom");
    if (name.empty())
      findings.error(at + "/name", "a secret has no `name`", "add the name of the environment variable");
    if (from.empty())
      findings.error(at + "/valueFrom", cat("secret `", name, "` has no `valueFrom`"),
                     "add the ARN of the secret or parameter that holds the value");
    else
      secret_form(context, from, at + "/valueFrom", findings);
  }
}

void secrets(const TaskContext& context, const Container& container, Findings& findings) {
  secrets_of(context, list_of(container.value, "secrets"), container.pointer + "/secrets", findings);
  secrets_of(context, list_of(member_of(container.value, "logConfiguration"), "secretOptions"),
             container.pointer + "/logConfiguration/secretOptions", findings);
}

void variable_names(const TaskContext&, const Container& container, Findings& findings) {
  std::set<std::string> variables, hidden;
  const auto& environment = list_of(container.value, "environment");
  for (std::size_t i = 0; i < environment.size(); ++i) {
    const auto name = text_of(environment[i], "name");
    const auto at = below(container.pointer + "/environment", i);
    if (name.empty())
      findings.error(at + "/name", cat("an environment variable of `", container.name, "` has no `name`"),
                     "add the name, or remove the entry");
    else if (!variables.insert(name).second)
      findings.warning(at + "/name", cat("duplicate variable `", name, "` in `", container.name, "`"),
                       "remove one of them");
    if (member_of(environment[i], "value").is_null())
      findings.warning(at, cat("variable `", name, "` has no value"), "write `value: \"\"` for an empty value");
  }
  const auto& list = list_of(container.value, "secrets");
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto name = text_of(list[i], "name");
    const auto at = below(container.pointer + "/secrets", i) + "/name";
    if (variables.contains(name))
      findings.error(at, cat("`", container.name, "` has `", name, "` both in `environment` and in `secrets`"),
                     "keep it only in `secrets`");
    else if (!name.empty() && !hidden.insert(name).second)
      findings.error(at, cat("duplicate secret `", name, "` in `", container.name, "`"), "remove one of them");
  }
}

bool names_a_secret(const std::string& name) {
  const auto word = lower(name);
  constexpr std::array<std::string_view, 8> parts{"password", "passwd", "secret",      "token",
                                                  "api_key",  "apikey", "private_key", "access_key"};
  constexpr std::array<std::string_view, 9> about{"_file", "_path", "_arn",    "_name",  "_id",
                                                  "_url",  "_ttl",  "_expiry", "_header"};
  const auto ends = [&](std::string_view end) { return word.ends_with(end); };
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return word.find(part) != std::string::npos; }) &&
         std::none_of(about.begin(), about.end(), ends);
}

bool looks_secret(const std::string& value) {
  return value.starts_with("AKIA") || value.starts_with("ASIA") || value.find("-----BEGIN") != std::string::npos;
}

// The value itself is not shown.
void literal_secrets(const TaskContext&, const Container& container, Findings& findings) {
  const auto& list = list_of(container.value, "environment");
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto name = text_of(list[i], "name"), value = text_of(list[i], "value");
    const bool is_plain = value.empty() || value == "true" || value == "false" || value.starts_with("arn:");
    if (is_plain || !(names_a_secret(name) || looks_secret(value))) continue;
    findings.warning(
        below(container.pointer + "/environment", i),
        cat("`", name, "` of `", container.name, "` looks like a secret in plain text"),
        cat("move it to Secrets Manager or SSM, and name it in `secrets` (`name: ", name, "`, `valueFrom: ARN`)"));
  }
}

constexpr Rule roles_task_rules[]{needs_execution_role, role_forms, one_role_for_both};
constexpr ContainerRule roles_container_rules[]{secrets, variable_names, literal_secrets};

}  // namespace

Rules role_rules() { return {roles_task_rules, roles_container_rules}; }

}  // namespace lapstrake::aws
