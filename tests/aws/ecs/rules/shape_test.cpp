#include "aws/ecs/rules/checked_task.hpp"

using namespace lapstrake;
using nlohmann::json;

TEST_CASE("names, families, launch types and tags") {
  check_row(
      GENERATE(Row{R"({"family": null})", "error /family: the task definition has no `family`", "family: my-app"},
               Row{R"({"family": "b/10 x"})", "error /family: `b/10 x` is not a valid family name", "255"},
               Row{nginx(R"("name": "my.nginx", "image": "host/a:1")"),
                   "error /containerDefinitions/2/name: `my.nginx` is not a valid container name", "letters"},
               Row{R"({"requiresCompatibilities": ["FARGATE", "FARGATE_SPOT"]})",
                   "error /requiresCompatibilities/1: `FARGATE_SPOT` is not a valid value of `requiresCompatibilities`",
                   "FARGATE"},
               Row{R"({"tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]})",
                   "error /tags/1/key: duplicate tag key `a`", "remove"},
               Row{R"({"tags": [{"key": "aws:x", "value": "1"}]})",
                   "error /tags/0/key: tag `aws:x`: keys that start with `aws:` are reserved", "different key"}));
}

TEST_CASE("containers need names of their own") {
  auto document = good_task();
  document["containerDefinitions"][1]["name"] = "nginx";
  CHECK_THAT(lines_of(aws::check(document, {})),
             Catch::Matchers::VectorContains(
                 std::string("error /containerDefinitions/1/name: duplicate container name `nginx`")));
  document["containerDefinitions"] = json::array();
  CHECK_THAT(lines_of(aws::check(document, {})),
             Catch::Matchers::VectorContains(
                 std::string("error /containerDefinitions: the task definition has no containers")));
}

TEST_CASE("types that ECS refuses are named with their cure") {
  check_row(GENERATE(
      Row{R"({"tags": {"team": "web"}})", "error /tags: `tags` must be a list of `key` and `value`",
          "write a list: [{"},
      Row{php(R"("environment": {"A": "1"})"),
          "error " + c1 + "/environment: `environment` must be a list of `name` and `value`", "write a list: [{"},
      Row{php(R"("command": "php-fpm")"), "error " + c1 + "/command: `command` must be a list of strings",
          "write a list: [\"php-fpm\"]"},
      Row{php(R"("cpu": "256")"), "error " + c1 + "/cpu: `cpu` must be a whole number",
          "remove the quotes around \"256\""},
      Row{php(R"("portMappings": [{"containerPort": "9000"}])"),
          "error " + c1 + "/portMappings/0/containerPort: `containerPort` must be a whole number", "quotes"},
      Row{php(R"("essential": "true")"), "error " + c1 + "/essential: `essential` must be true or false", "quotes"}));
}

TEST_CASE("a value of another type is one mistake, not also a missing one") {
  check_row(GENERATE(
      Row{R"({"family": 5})", "error /family: `family` must be a string, not a number", "quote it: \"5\""},
      Row{R"({"family": []})", "error /family: `family` must be a string", "write a string"},
      Row{php(R"("image": 5)"), "error " + c1 + "/image: `image` must be a string, not a number", "\"5\""},
      Row{php(R"("image": true)"), "error " + c1 + "/image: `image` must be a string, not true", "\"true\""},
      Row{R"({"containerDefinitions": {}})",
          "error /containerDefinitions: `containerDefinitions` must be a list of objects", "wrap it in a list"}));
  auto document = good_task();
  document["containerDefinitions"].push_back(5);
  CHECK(lines_of(aws::check(document, {})) ==
        std::vector<std::string>{"error /containerDefinitions/2: `containerDefinitions[2]` must be an object"});
  document["containerDefinitions"][2] = json{{"name", 5}, {"image", "host/a:1"}};
  CHECK(lines_of(aws::check(document, {})) ==
        std::vector<std::string>{"error /containerDefinitions/2/name: `name` must be a string, not a number"});
}

TEST_CASE("what ECS takes gives no findings") {
  const auto patch =
      GENERATE(as<std::string>(), php(R"("linuxParameters": {"tmpfs": [{"containerPath": "/t", "size": 1}]})"),
               php(R"("memoryReservation": 512, "memory": 512)"),
               R"({"volumes": [{"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1",
                                "authorizationConfig": {"iam": "DISABLED", "accessPointId": null}}}]})",
               R"({"volumes": [{"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1",
                                "authorizationConfig": {}}}]})",
               nginx(R"("logConfiguration": {"options": {"awslogs-multiline-pattern": "^(?P<level>INFO) "}})"),
               nginx(R"("logConfiguration": {"options": {"awslogs-multiline-pattern": "^(?<level>INFO) "}})"),
               nginx(R"("_comment": "fill in <ACCOUNT_ID>")"),
               R"({"$schema": "<SCHEMA>", "_comment": ["fill in <ACCOUNT_ID>"]})");
  CAPTURE(patch);
  CHECK(lines_of(aws::check(with(patch), {})).empty());
}

TEST_CASE("placeholders are to be filled in") {
  check_row(
      GENERATE(Row{R"({"executionRoleArn": "arn:aws:iam::<aws_account_id>:role/exec"})",
                   "error /executionRoleArn: unfilled placeholder `<aws_account_id>`", "replace `<aws_account_id>`"},
               Row{nginx(R"("image": "<aws_account_id>.dkr.ecr.us-east-1.amazonaws.com/my:v1")"),
                   "error " + c0 + "/image: unfilled placeholder `<aws_account_id>`", "replace"},
               Row{nginx(R"("secrets": [{"name": "DB", "valueFrom": "<arn of the secret>"}])"),
                   "error " + c0 + "/secrets/0/valueFrom: unfilled placeholder `<arn of the secret>`", "replace"},
               Row{php(R"("command": ["sh", "<your-script>"])"),
                   "warning " + c1 + "/command/1: unfilled placeholder `<your-script>`", "if it is a placeholder"}));
  CHECK(lines_of(aws::check(with(php(R"("command": ["sh", "-c", "cat <in >out; a < b > c"])")), {})).empty());
}

TEST_CASE("members that are near a member of ECS, or called so by other tools, are warnings with the right name") {
  check_row(GENERATE(
      Row{R"({"PidMode": "task"})", "warning /PidMode: unknown member `PidMode`", "`pidMode`"},
      Row{R"({"Tags": []})", "warning /Tags: unknown member `Tags`", "did you mean `tags`?"},
      Row{php(R"("enviroment": [])"), "warning " + c1 + "/enviroment: unknown member `enviroment`",
          "did you mean `environment`?"},
      Row{php(R"("depends_on": [])"), "warning " + c1 + "/depends_on: unknown member `depends_on`", "`dependsOn`"},
      Row{php(R"("Cpu": 1)"), "warning " + c1 + "/Cpu: unknown member `Cpu`", "`cpu`"},
      Row{php(R"("ports": [])"), "warning " + c1 + "/ports: unknown member `ports`", "`portMappings`"},
      Row{php(R"("healthCheck": {"command": ["CMD", "/x"], "start_period": 9})"),
          "warning " + c1 + "/healthCheck/start_period: unknown member `start_period`", "`startPeriod`"}));
  CHECK(lines_of(aws::check(with(R"({"entirelyNewThing": {"x": 1}})"), {})).empty());
}

TEST_CASE("entries as compose files have them come with what to write instead") {
  const auto [patch, help] = GENERATE(table<std::string, std::string>({
      {R"("environment": ["A=b=c"])", R"(write {"name":"A","value":"b=c"})"},
      {R"("environment": {"A": 1})", R"(write a list: [{"name":"A","value":"1"}])"},
      {R"("portMappings": ["127.0.0.1:8080:80/udp"])",
       R"(write {"containerPort":80,"hostPort":8080,"protocol":"udp"})"},
      {R"("portMappings": [80])", R"(write {"containerPort":80})"},
      {R"("mountPoints": ["data:/var/lib:ro"])", R"(write {"containerPath":"/var/lib","sourceVolume":"data"})"},
      {R"("dependsOn": ["nginx"])", R"(write {"condition":"START","containerName":"nginx"})"},
      {R"("extraHosts": ["db:10.0.0.1"])", R"(write {"hostname":"db","ipAddress":"10.0.0.1"})"},
  }));
  CAPTURE(patch);
  const auto findings = aws::check(with(php(patch)), {});
  REQUIRE_FALSE(findings.empty());
  CHECK(findings[0].help == help);
}

TEST_CASE("placeholders in members that ECS does not know are no errors") {
  CHECK(lines_of(aws::check(with(R"({"_comment": ["fill in <ACCOUNT_ID>"], "$schema": "<url of it>"})"), {})).empty());
  CHECK(lines_of(aws::check(with(R"({"brandNewMember": {"name": "<ACCOUNT_ID>"}})"), {})) ==
        std::vector<std::string>{"warning /brandNewMember/name: unfilled placeholder `<ACCOUNT_ID>`"});
}

TEST_CASE("images must be references") {
  const std::string of_php = "` of `php` ";
  check_row(GENERATE_COPY(
      Row{php(R"("image": null)"), "error " + c1 + "/image: container `php` has no `image`", "image: ${images.NAME}"},
      Row{php(R"("image": "https://host/php:1")"),
          "error " + c1 + "/image: the image `https://host/php:1" + of_php + "starts with a URL scheme", "without"},
      Row{php(R"("image": "${images.php}")"),
          "error " + c1 + "/image: the image `${images.php}" + of_php + "contains an undefined variable",
          "image of this spec"},
      Row{php(R"("image": "host/My-App:1")"),
          "error " + c1 + "/image: the image `host/My-App:1" + of_php + "has upper-case letters in its repository",
          "lower-case"},
      Row{php(R"("image": "host/php:a b")"),
          "error " + c1 + "/image: the image `host/php:a b" + of_php + "contains white space", "host/"},
      Row{php(R"("image": "host/php@sha256:12")"),
          "error " + c1 + "/image: the image `host/php@sha256:12" + of_php + "has an invalid digest after the `@`",
          "64"},
      Row{php(R"("image": "host/php:")"),
          "error " + c1 + "/image: the image `host/php:" + of_php + "is not a valid image reference", "host/"},
      Row{php(R"("image": "localhost:5000/php")"),
          "warning " + c1 +
              "/image: the image `localhost:5000/php` of `php` has neither tag nor digest, so `latest` is used",
          "pin it"}));
  const auto image = GENERATE("nginx:1.25", "public.ecr.aws/nginx/nginx:1", "HOST.example:5000/a/b_c:V1.x",
                              "library/x:1", "localhost/a.b__c---d:_1", "[::1]:5000/a:1");
  CHECK(lines_of(aws::check(with(php(R"("image": ")" + std::string(image) + '"')), {})).empty());
}

TEST_CASE("images that no registry has are one mistake each, told for a container") {
  const auto [image, why] = GENERATE(table<std::string, std::string>({
      {"oci:./out", "is on disk, but ECS pulls from registries"},
      {"docker-archive:web.tar", "is on disk, but ECS pulls from registries"},
      {"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "is only a digest"},
      {"host:99999/php:1", "has an invalid host"},
      {"host..x/php:1", "has an invalid host"},
      {"host.x//php:1", "is not a valid image reference"},
      {"team/-php:1", "is not a valid image reference"},
      {"team/a._b:1", "is not a valid image reference"},
      {"team/php/:1", "is not a valid image reference"},
      {"team/" + std::string(255, 'a') + ":1", "is not a valid image reference"},
      {"team/php:-1", "has an invalid tag"},
  }));
  const auto findings = aws::check(with(php(R"("image": ")" + image + '"')), {});
  CHECK(lines_of(findings) ==
        std::vector<std::string>{cat("error ", c1, "/image: the image `", image, "` of `php` ", why)});
  CHECK_THAT(findings.at(0).help, !Contains("oci:"));
}
