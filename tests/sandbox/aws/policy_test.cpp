#include "policy.hpp"

#include "ecs_world.hpp"

using namespace sandbox_test;
using sandbox::Decision;

namespace {

Decision decided(const std::string& statement, const sandbox::PolicyRequest& request) {
  return sandbox::evaluate({sandbox::parse_policy(cat(R"({"Statement": )", statement, "}"))}, request);
}

}  // namespace

TEST_CASE("policies allow actions and resources by wildcards") {
  const auto [statement, action, resource, decision] = GENERATE(table<std::string, std::string, std::string, Decision>({
      {R"({"Effect":"Allow","Action":"ecs:*","Resource":"*"})", "ecs:RunTask", "*", Decision::allowed},
      {R"({"Effect":"Allow","Action":"ECS:Run*","Resource":"*"})", "ecs:runtask", "*", Decision::allowed},
      {R"({"Effect":"Allow","Action":"ecs:Run?ask","Resource":"*"})", "ecs:RunTask", "*", Decision::allowed},
      {R"({"Effect":"Allow","Action":["a:B","ecs:RunTask"],"Resource":["x","arn:1:*"]})", "ecs:RunTask", "arn:1:2",
       Decision::allowed},
      {R"({"Effect":"Allow","Action":"ecs:RunTask","Resource":"arn:1:*"})", "ecs:RunTask", "*",
       Decision::implicit_deny},
      {R"({"Effect":"Allow","Action":"ecs:RunTask","Resource":"arn:1"})", "ecs:RunTask", "ARN:1",
       Decision::implicit_deny},
      {R"({"Effect":"Allow","NotAction":"iam:*","Resource":"*"})", "iam:PassRole", "*", Decision::implicit_deny},
      {R"({"Effect":"Allow","NotAction":"iam:*","Resource":"*"})", "ecs:RunTask", "*", Decision::allowed},
      {R"({"Effect":"Allow","Action":"*","NotResource":"arn:1"})", "a:B", "arn:1", Decision::implicit_deny},
      {R"([{"Effect":"Deny","Action":"a:*","Resource":"*"},{"Effect":"Allow","Action":"*","Resource":"*"}])", "a:B",
       "*", Decision::explicit_deny},
  }));
  CAPTURE(statement, action, resource);
  CHECK(decided(statement, {.action = action, .resource = resource}) == decision);
}

TEST_CASE("conditions of policies compare the context") {
  const auto [condition, value, is_allowed] = GENERATE(table<std::string, std::string, bool>({
      {R"("StringEquals":{"a:k":"v"})", "v", true},
      {R"("StringEquals":{"A:K":["x","v"]})", "v", true},
      {R"("StringEquals":{"a:k":"v"})", "V", false},
      {R"("StringEqualsIgnoreCase":{"a:k":"v"})", "V", true},
      {R"("StringNotEquals":{"a:k":"v"})", "w", true},
      {R"("StringLike":{"a:k":"repo:*"})", "repo:a/b", true},
      {R"("ArnLike":{"a:k":"arn:*:b"})", "arn:x:b", true},
      {R"("Bool":{"a:k":"true"})", "true", true},
      {R"("Null":{"a:k":"true"})", "", true},
      {R"("StringEquals":{"a:k":"v"})", "", false},
      {R"("StringEqualsIfExists":{"a:k":"v"})", "", true},
      {R"("NumericLessThan":{"a:k":"5"})", "4", false},  // not emulated: nothing is allowed
  }));
  CAPTURE(condition, value);
  sandbox::PolicyRequest request{.action = "a:B"};
  if (!value.empty()) request.context["a:k"] = value;
  const auto statement = cat(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{)", condition, "}}");
  CHECK((decided(statement, request) == Decision::allowed) == is_allowed);
}

TEST_CASE("a trust policy names its principals") {
  const auto trust = sandbox::parse_policy(
      R"({"Statement":[{"Effect":"Allow","Principal":{"AWS":["1","2"],"Service":"ecs"},"Action":"sts:AssumeRole"}]})");
  const sandbox::PolicyRequest request{.action = "sts:AssumeRole"};
  CHECK(sandbox::evaluate_trust(trust, request, {{"AWS", {"2"}}}) == Decision::allowed);
  CHECK(sandbox::evaluate_trust(trust, request, {{"Service", {"ecs"}}}) == Decision::allowed);
  CHECK(sandbox::evaluate_trust(trust, request, {{"AWS", {"ecs"}}}) == Decision::implicit_deny);
}

TEST_CASE("documents that are no policies are refused") {
  const auto* text =
      GENERATE("", "{", "[]", "{}", R"({"Statement":[]})", R"({"Statement":{"Effect":"Maybe","Action":"*"}})",
               R"({"Statement":{"Effect":"Allow"}})", R"({"Statement":[1]})");
  CAPTURE(text);
  CHECK(refusal_of([&] { sandbox::parse_policy(text); }) == "MalformedPolicyDocument");
  CHECK(refusal_of([] { sandbox::parse_policy(std::string(20'000, ' ')); }) == "LimitExceeded");
}
