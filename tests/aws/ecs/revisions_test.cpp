#include <lapstrake/aws/ecs/revisions.hpp>

#include "aws/fake_aws.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using nlohmann::json;
using nlohmann::literals::operator""_json;

namespace {

constexpr auto none = R"({"__type": "ClientException", "message": "Unable to describe task definition."})";
const std::string arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:";

json web_task() {
  return R"({"family": "web", "cpu": 256, "containerDefinitions": [{"name": "web", "image": "host/web:1"}],
             "tags": [{"key": "team", "value": "a"}]})"_json;
}

// As ECS tells it: defaults filled in, tags apart.
std::string reply(int revision, const std::string& image = "host/web:1") {
  auto definition = R"({"family": "web", "cpu": "256", "status": "ACTIVE", "placementConstraints": [], "volumes": [],
    "containerDefinitions": [{"name": "web", "cpu": 0, "essential": true, "environment": [], "mountPoints": []}]})"_json;
  definition["taskDefinitionArn"] = arn + std::to_string(revision);
  definition["revision"] = revision;
  definition["containerDefinitions"][0]["image"] = image;
  return json{{"taskDefinition", definition}, {"tags", {{{"key", "team"}, {"value", "a"}}}}}.dump();
}

std::string operations(const FakeAws& fake) {
  std::string all;
  for (std::size_t i = 0; i < fake.requests.size(); ++i) all += fake.operation(i).substr(0, 1);
  return all;  // D: DescribeTaskDefinition, R: RegisterTaskDefinition
}

}  // namespace

TEST_CASE("the newest active revision comes as register input, with its tags") {
  FakeAws fake;
  fake.answer(200, reply(7));
  const auto found = aws::newest_revision(fake.session(), "web");
  REQUIRE(found);
  CHECK(found->arn == arn + "7");
  const auto document = json::parse(found->document);
  CHECK_FALSE(document.contains("revision"));
  CHECK(document["tags"][0]["key"] == "team");
  CHECK(fake.body(0) == R"({"taskDefinition": "web", "include": ["TAGS"]})"_json);
}

TEST_CASE("a family without an active revision has none, other refusals are errors") {
  FakeAws fake;
  fake.answer(400, none);
  CHECK_FALSE(aws::newest_revision(fake.session(), "web"));
  fake.answer(400, R"({"__type": "ClientException", "message": "Account is blocked."})");
  CHECK_THROWS_AS(aws::newest_revision(fake.session(), "web"), Error);
  fake.answer(200, R"({"taskDefinition": {}})");
  CHECK_THROWS_AS(aws::newest_revision(fake.session(), "web"), Error);
}

TEST_CASE("a family's first revision is registered, its values as ECS wants them") {
  FakeAws fake;
  fake.answer(400, none).answer(200, reply(1));
  const auto registered = aws::register_task_definition(fake.session(), web_task());
  CHECK(registered.arn == arn + "1");
  CHECK(registered.is_new);
  CHECK(fake.body(1)["cpu"] == "256");
  CHECK(operations(fake) == "DR");
}

TEST_CASE("members that ECS does not keep are named, comments are not") {
  FakeAws fake;
  fake.answer(400, none).answer(200, reply(1));
  auto task = web_task();
  task["owner"] = "team-a";
  task["_comment"] = "by hand";
  task["containerDefinitions"][0]["restartsAt"] = "noon";
  CHECK(aws::register_task_definition(fake.session(), task).dropped ==
        std::vector<std::string>{"/containerDefinitions/0/restartsAt", "/owner"});
}

TEST_CASE("what is active already is not registered again") {
  FakeAws fake;
  fake.answer(200, reply(7));
  const auto registered = aws::register_task_definition(fake.session(), web_task());
  CHECK(registered.arn == arn + "7");
  CHECK_FALSE(registered.is_new);
  CHECK(operations(fake) == "D");
}

TEST_CASE("another image is another revision") {
  FakeAws fake;
  fake.answer(200, reply(7, "host/web:0")).answer(200, reply(8));
  CHECK(aws::register_task_definition(fake.session(), web_task()).arn == arn + "8");
  CHECK(operations(fake) == "DR");
}

TEST_CASE("a registration whose reply got lost is found again, not made twice") {
  FakeAws fake;
  fake.answer(200, reply(7, "host/web:0"));
  SECTION("by the connection") { fake.lose_connection(); }
  SECTION("by a gateway") { fake.answer(504, "<html>timeout</html>"); }
  fake.answer(200, reply(8));
  const auto registered = aws::register_task_definition(fake.session(), web_task());
  CHECK(registered.arn == arn + "8");
  CHECK(registered.is_new);
  CHECK(operations(fake) == "DRD");
}

TEST_CASE("a registration that never arrived is sent again after looking") {
  FakeAws fake;
  fake.answer(400, none).lose_connection().answer(400, none).answer(200, reply(1));
  CHECK(aws::register_task_definition(fake.session(), web_task()).arn == arn + "1");
  CHECK(operations(fake) == "DRDR");
}

TEST_CASE("a registration that is throttled waits its turn") {
  FakeAws fake;
  fake.answer(400, none).answer(400, R"({"__type": "ThrottlingException", "message": "Rate exceeded"})");
  fake.answer(400, none).answer(200, reply(1));
  CHECK(aws::register_task_definition(fake.session(), web_task()).is_new);
  CHECK(fake.waits.size() == 1);
}

TEST_CASE("a refused registration is told at once, as AWS says it") {
  FakeAws fake;
  fake.answer(400, none).answer(
      400, R"({"__type": "ClientException", "message": "No Fargate configuration exists for given values."})");
  const auto error = failure_from([&] { aws::register_task_definition(fake.session(), web_task()); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.reason() == "ClientException: No Fargate configuration exists for given values.");
  CHECK(operations(fake) == "DR");
}
