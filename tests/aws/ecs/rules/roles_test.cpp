#include "aws/ecs/rules/checked_task.hpp"

using namespace lapstrake;

TEST_CASE("an execution role is needed for ECR, awslogs and secrets, and all reasons are told") {
  auto document = with(R"({"executionRoleArn": null})");
  const auto all = aws::check(document, {});
  REQUIRE(lines_of(all) == std::vector<std::string>{"error /executionRoleArn: missing execution role: `nginx` "
                                                    "pulls its image from ECR and logs with awslogs and has secrets"});
  CHECK_THAT(all[0].help, Contains("arn:aws:iam::123456789012:role/ecsTaskExecutionRole"));
  auto& first = document["containerDefinitions"][0];
  first["image"] = "host/nginx:1";
  first.erase("logConfiguration");
  CHECK_THAT(lines_of(aws::check(document, {})).at(0), Contains("`nginx` has secrets"));
  first.erase("secrets");
  CHECK(lines_of(aws::check(document, {})).empty());
}

TEST_CASE("roles") {
  check_row(GENERATE(
      Row{R"({"taskRoleArn": "arn:aws:iam::123456789012:role/exec"})",
          "warning /taskRoleArn: the task role and the execution role are both `arn:aws:iam::123456789012:role/exec`",
          "only the permissions it needs"},
      Row{R"({"taskRoleArn": "arn:aws:iam::210987654321:role/app"})",
          "warning /taskRoleArn: the two roles belong to different accounts (123456789012 and 210987654321)",
          "account"},
      Row{R"({"taskRoleArn": "arn:aws:iam::123456789012:user/app"})",
          "error /taskRoleArn: `arn:aws:iam::123456789012:user/app` is not a valid role", "role/NAME"},
      Row{R"({"executionRoleArn": "arn:aws:iam::12345:role/x", "taskRoleArn": null})",
          "error /executionRoleArn: `arn:aws:iam::12345:role/x` is not a valid role", "role/NAME"}));
  CHECK(lines_of(
            aws::check(
                with(R"({"taskRoleArn": "appRole", "executionRoleArn": "arn:aws-cn:iam::123456789012:role/a/b"})"), {}))
            .empty());
}

TEST_CASE("secrets name where their value is") {
  const auto secret = [](const std::string& from) {
    return nginx(R"("secrets": [{"name": "DB", "valueFrom": ")" + from + R"("}])");
  };
  const std::string at = c0 + "/secrets/0/valueFrom: ";
  check_row(GENERATE_COPY(
      Row{secret("arn:aws:s3:::bucket/key"),
          "error " + at + "`arn:aws:s3:::bucket/key` is not the ARN of a secret or a parameter", "secretsmanager"},
      Row{secret("my db password"), "error " + at + "`my db password` is not the ARN of a secret or a parameter",
          "secretsmanager"},
      Row{secret("arn:aws:ssm:eu-west-1:123456789012:db"),
          "error " + at + "`arn:aws:ssm:eu-west-1:123456789012:db` is not the ARN of an SSM parameter",
          "parameter/NAME"},
      Row{secret("arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf:password"),
          "error " + at +
              "`arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf:password` has only some of the last "
              "three fields of a secret's ARN",
          "password::"},
      Row{secret("arn:aws:ssm:us-east-1:123456789012:parameter/db"),
          "warning " + at + "the secret is in us-east-1, the logs are in eu-west-1", "region"},
      Row{nginx(R"("secrets": [{"name": "B"}])"), "error " + c0 + "/secrets/1/valueFrom: secret `B` has no `valueFrom`",
          "ARN"},
      Row{nginx(R"("logConfiguration": {"secretOptions": [{"name": "t", "valueFrom": "a b"}]})"),
          "error " + c0 +
              "/logConfiguration/secretOptions/0/valueFrom: `a b` is not the ARN of a secret or a parameter",
          "parameter"}));
  const auto good =
      GENERATE("db", "/prod/web/db_password", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf",
               "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf:password::",
               "arn:aws-us-gov:ssm:eu-west-1:123456789012:parameter/a/b");
  CHECK(lines_of(aws::check(with(secret(good)), {})).empty());
}

TEST_CASE("a variable has one value, and secrets are not written out") {
  check_row(GENERATE(
      Row{nginx(R"("environment": [{"name": "DB", "value": "x"}])"),
          "error " + c0 + "/secrets/0/name: `nginx` has `DB` both in `environment` and in `secrets`", "secrets"},
      Row{php(R"("environment": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}])"),
          "warning " + c1 + "/environment/1/name: duplicate variable `A` in `php`", "remove"},
      Row{php(R"("environment": [{"value": "1"}])"),
          "error " + c1 + "/environment/0/name: an environment variable of `php` has no `name`", "name"},
      Row{php(R"("environment": [{"name": "A"}])"), "warning " + c1 + "/environment/0: variable `A` has no value",
          "value: \"\""},
      Row{php(R"("environment": [{"name": "DB_PASSWORD", "value": "hunter2"}])"),
          "warning " + c1 + "/environment/0: `DB_PASSWORD` of `php` looks like a secret in plain text", "`secrets`"},
      Row{php(R"("environment": [{"name": "X", "value": "AKIAIOSFODNN7EXAMPLE"}])"),
          "warning " + c1 + "/environment/0: `X` of `php` looks like a secret in plain text", "`secrets`"}));
  CHECK(
      lines_of(
          aws::check(
              with(php(
                  R"("environment": [{"name": "DB_PASSWORD_FILE", "value": "/run/x"}, {"name": "TOKEN_URL", "value": "u"}, {"name": "SECRET", "value": ""}])")),
              {}))
          .empty());
}
