#include <fstream>
#include <iterator>
#include <lapstrake/aws/ecs/rules/check.hpp>
#include <lapstrake/aws/ecs/rules/documented.hpp>
#include <lapstrake/aws/ecs/rules/platform.hpp>
#include <lapstrake/aws/ecs/task_definition.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace lapstrake;
using nlohmann::json;
using nlohmann::literals::operator""_json;

namespace {

// Nothing is wrong with it.
json good_task() {
  return R"({
    "family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "1024", "memory": "2048",
    "executionRoleArn": "arn:aws:iam::123456789012:role/exec", "taskRoleArn": "arn:aws:iam::123456789012:role/team/app",
    "volumes": [{"name": "data"}],
    "containerDefinitions": [
      {"name": "nginx", "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/nginx:1", "essential": true,
       "portMappings": [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}],
       "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}],
       "environment": [{"name": "MODE", "value": "prod"}],
       "secrets": [{"name": "DB", "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:parameter/db"}],
       "dependsOn": [{"containerName": "php", "condition": "HEALTHY"}],
       "logConfiguration": {"logDriver": "awslogs", "options": {
         "awslogs-group": "/ecs/web", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "ecs"}}},
      {"name": "php", "image": "host/php@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
       "healthCheck": {"command": ["CMD", "probe"], "interval": 10}}]})"_json;
}

std::string line_of(const Finding& finding) {
  return cat(finding.severity == Finding::Severity::error ? "error " : "warning ", finding.pointer, ": ",
             finding.message);
}

std::vector<std::string> lines_of(const std::vector<Finding>& findings) {
  std::vector<std::string> lines;
  for (const auto& finding : findings) lines.push_back(line_of(finding));
  return lines;
}

json with(const std::string& patch) { return aws::merge(good_task(), json::parse(patch)); }
std::string nginx(const std::string& members) {
  return R"({"containerDefinitions": [{"name": "nginx", )" + members + "}]}";
}
std::string php(const std::string& members) {
  return R"({"containerDefinitions": [{"name": "php", )" + members + "}]}";
}

// One thing wrong, one finding.
struct Row {
  std::string patch, finding, help;
};
void check_row(const Row& row) {
  const auto findings = aws::check(with(row.patch), {});
  CAPTURE(row.patch);
  REQUIRE(lines_of(findings) == std::vector<std::string>{row.finding});
  CHECK_THAT(findings[0].help, Contains(row.help));
}

const std::string c0 = "/containerDefinitions/0", c1 = "/containerDefinitions/1";

}  // namespace

TEST_CASE("a good task definition gives no findings") { CHECK(lines_of(aws::check(good_task(), {})).empty()); }

TEST_CASE("a file as people have it wants only its placeholders filled in") {
  std::ifstream in(std::string(LAPSTRAKE_SOURCE_DIR) + "/testdata/aws/two-containers.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto document = aws::read_task_definition(text, "the file");
  CHECK(lines_of(aws::check(document, {})) ==
        std::vector<std::string>{"error /containerDefinitions/0/image: unfilled placeholder `<aws_account_id>`",
                                 "error /containerDefinitions/1/image: unfilled placeholder `<aws_account_id>`",
                                 "error /executionRoleArn: unfilled placeholder `<aws_account_id>`"});
  const auto filled = aws::read_task_definition(replace_all(text, "<aws_account_id>", "123456789012"), "the file");
  CHECK(lines_of(aws::check(filled, {})).empty());
}

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

TEST_CASE("Fargate's sizes come in pairs, and the nearest valid one is named") {
  struct Pair {
    std::string cpu, memory, pointer, help;
  };
  const auto pair =
      GENERATE(Pair{"256", "4096", "/memory", "`cpu: \"512\"`, `memory: \"4096\"` (cpu 256 allows 512, 1024 or 2048)"},
               Pair{"1024", "1024", "/memory",
                    "`cpu: \"1024\"`, `memory: \"2048\"` (cpu 1024 allows 2048 to 8192 in steps of 1024)"},
               Pair{"1 vCPU", "2.5 GB", "/memory", "`cpu: \"1024\"`, `memory: \"3072\"`"},
               Pair{"300", "512", "/cpu", "the nearest valid pair is `cpu: \"512\"`, `memory: \"1024\"`"},
               Pair{"8192", "17408", "/memory", "`memory: \"20480\"`"},
               Pair{"65536", "1", "/cpu", "`cpu: \"16384\"`, `memory: \"122880\"`"});
  const auto findings = aws::check(with(json{{"cpu", pair.cpu}, {"memory", pair.memory}}.dump()), {});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].pointer == pair.pointer);
  CHECK_THAT(findings[0].help, Contains(pair.help));
}

TEST_CASE("Fargate's valid sizes pass, in all spellings") {
  const auto size = GENERATE(table<std::string, std::string>({{"256", "512"},
                                                              {"256", "1024"},
                                                              {"256", "2048"},
                                                              {".25 vCPU", "0.5 GB"},
                                                              {"512", "4096"},
                                                              {"1 vCPU", "2GB"},
                                                              {"2048", "16384"},
                                                              {"4096", "30720"},
                                                              {"8192", "61440"},
                                                              {"16 vCPU", "120 GB"}}));
  CHECK(lines_of(aws::check(with(json{{"cpu", std::get<0>(size)}, {"memory", std::get<1>(size)}}.dump()), {})).empty());
}

TEST_CASE("what a Fargate task must have, and what it cannot") {
  const std::string no = ": Fargate does not support `";
  check_row(GENERATE_COPY(
      Row{R"({"cpu": null})", "error /cpu: a Fargate task needs a `cpu` for the whole task",
          "`cpu: \"256\"`, `memory: \"2048\"`"},
      Row{R"({"memory": null})", "error /memory: a Fargate task needs a `memory` for the whole task",
          "`memory: \"2048\"`"},
      Row{R"({"cpu": "one"})", "error /cpu: `one` is not a valid cpu for a task", "1 vCPU"},
      Row{R"({"networkMode": "bridge"})", "error /networkMode: a Fargate task cannot have the network mode `bridge`",
          "awsvpc"},
      Row{R"({"networkMode": null})", "error /networkMode: a Fargate task needs a `networkMode`", "awsvpc"},
      Row{R"({"ephemeralStorage": {"sizeInGiB": 20}})",
          "error /ephemeralStorage/sizeInGiB: ephemeral storage cannot be 20 GiB: the range is 21 to 200",
          "remove `ephemeralStorage`"},
      Row{R"({"ipcMode": "host"})", "error /ipcMode" + no + "ipcMode`", "remove"},
      Row{R"({"pidMode": "host"})", "error /pidMode: Fargate does not support the pid mode `host`", "task"},
      Row{R"({"placementConstraints": [{"type": "memberOf"}]})",
          "error /placementConstraints" + no + "placementConstraints`", "remove"},
      Row{R"({"volumes": [{"name": "data", "host": {"sourcePath": "/srv"}}]})",
          "error /volumes/0/host/sourcePath: a Fargate task cannot mount folders of a host", "EFS"},
      Row{R"({"volumes": [{"name": "data", "dockerVolumeConfiguration": {"scope": "task"}}]})",
          "error /volumes/0/dockerVolumeConfiguration" + no + "dockerVolumeConfiguration`", "EFS"},
      Row{php(R"("privileged": true)"), "error " + c1 + "/privileged" + no + "privileged`", "remove"},
      Row{php(R"("links": ["nginx"])"), "error " + c1 + "/links" + no + "links`", "127.0.0.1"},
      Row{php(R"("dnsServers": ["1.1.1.1"])"), "error " + c1 + "/dnsServers" + no + "dnsServers`", "DHCP"},
      Row{php(R"("extraHosts": [{"hostname": "a", "ipAddress": "1.2.3.4"}])"),
          "error " + c1 + "/extraHosts" + no + "extraHosts`", "remove"},
      Row{php(R"("linuxParameters": {"capabilities": {"add": ["SYS_PTRACE", "NET_ADMIN"]}})"),
          "error " + c1 + "/linuxParameters/capabilities/add/1: Fargate cannot add the capability \"NET_ADMIN\"",
          "SYS_PTRACE"},
      Row{php(R"("resourceRequirements": [{"type": "GPU", "value": "1"}])"),
          "error " + c1 + "/resourceRequirements/0: Fargate does not support GPUs", "EC2"},
      Row{php(R"("ulimits": [{"name": "core", "softLimit": 0, "hardLimit": 0}])"),
          "warning " + c1 + "/ulimits/0: Fargate does not support the ulimit `core`", "nofile"},
      Row{php(R"("stopTimeout": 300)"), "error " + c1 + "/stopTimeout: `stopTimeout` of 300 s is not valid on Fargate",
          "2 to 120"},
      Row{nginx(R"("portMappings": [{"containerPort": 80, "hostPort": 8080}])"),
          "error " + c0 +
              "/portMappings/0/hostPort: with the network mode awsvpc the host port 8080 cannot differ from the "
              "container port 80",
          "remove `hostPort`"},
      Row{php(R"("logConfiguration": {"logDriver": "json-file"})"),
          "error " + c1 + "/logConfiguration/logDriver: Fargate does not support the log driver `json-file`",
          "splunk"}));
}

TEST_CASE("members that say nothing do not disturb Fargate") {
  CHECK(lines_of(aws::check(with(php(R"("privileged": false, "links": [], "dnsServers": [])")), {})).empty());
  CHECK(lines_of(aws::check(with(R"({"placementConstraints": [], "pidMode": "task"})"), {})).empty());
}

TEST_CASE("Windows on Fargate begins at one vCPU") {
  const auto findings = aws::check(
      with(
          R"({"cpu": "256", "memory": "512", "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}})"),
      {});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].message == "Fargate does not support cpu 256 with memory 512 on Windows");
  CHECK_THAT(findings[0].help, Contains("`cpu: \"1024\"`, `memory: \"2048\"`"));
}

TEST_CASE("on EC2 Fargate's rules do not hold") {
  const auto document = R"({"family": "web", "requiresCompatibilities": ["EC2"], "containerDefinitions": [
    {"name": "web", "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1", "memory": 300, "privileged": true,
     "links": ["x"], "portMappings": [{"containerPort": 80, "hostPort": 8080}], "logConfiguration": {"logDriver": "syslog"}}]})"_json;
  CHECK(lines_of(aws::check(document, {})).empty());
  auto unsized_task = document;
  unsized_task["containerDefinitions"][0].erase("memory");
  CHECK(lines_of(aws::check(unsized_task, {})) ==
        std::vector<std::string>{"error " + c0 + "/memory: neither the task nor `web` sets its memory"});
}

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

TEST_CASE("dependsOn") {
  const auto needs = [](const std::string& on, const std::string& condition) {
    return nginx(R"("dependsOn": [{"containerName": ")" + on + R"(", "condition": ")" + condition + R"("}])");
  };
  const std::string at = c0 + "/dependsOn/0/";
  check_row(GENERATE_COPY(
      Row{needs("phq", "START"),
          "error " + at + "containerName: `nginx` depends on `phq`, which is not a container of this task",
          "did you mean `php`?"},
      Row{needs("database", "START"),
          "error " + at + "containerName: `nginx` depends on `database`, which is not a container of this task",
          "nginx, php"},
      Row{needs("php", "READY"), "error " + at + "condition: `READY` is not a valid value of `condition`", "HEALTHY"},
      Row{needs("php", "SUCCESS"),
          "error " + at + "condition: `php` is essential: when it ends the task ends, so nothing can wait for SUCCESS",
          "essential: false"},
      Row{php(R"("healthCheck": null)"),
          "error " + at + "condition: `php` can never become HEALTHY: it has no `healthCheck`", "START"},
      Row{php(R"("dependsOn": [{"containerName": "nginx", "condition": "START"}])"),
          "error " + c1 + "/dependsOn: circular dependency between containers: nginx -> php -> nginx", "remove"},
      Row{needs("nginx", "START"), "error " + c0 + "/dependsOn: circular dependency between containers: nginx -> nginx",
          "remove"}));
}

TEST_CASE("a task ends with its essential containers, so it needs one") {
  auto document = good_task();
  for (auto& container : document["containerDefinitions"]) container["essential"] = false;
  CHECK(lines_of(aws::check(document, {})) ==
        std::vector<std::string>{"error /containerDefinitions: no container is essential"});
}

TEST_CASE("logs, health, ports, volumes and memory") {
  check_row(GENERATE(
      Row{nginx(R"("logConfiguration": {"options": {"awslogs-stream-prefix": null}})"),
          "error " + c0 +
              "/logConfiguration/options/awslogs-stream-prefix: the logging of `nginx` needs the option "
              "`awslogs-stream-prefix`",
          "ecs"},
      Row{nginx(R"("logConfiguration": {"options": {"awslogs-group": null}})"),
          "error " + c0 +
              "/logConfiguration/options/awslogs-group: the logging of `nginx` needs the option `awslogs-group`",
          "/ecs/web"},
      Row{nginx(R"("logConfiguration": {"options": {"awslogs-create-groups": "true"}})"),
          "error " + c0 +
              "/logConfiguration/options/awslogs-create-groups: awslogs has no option `awslogs-create-groups`",
          "awslogs-create-group"},
      Row{nginx(R"("logConfiguration": {"options": {"mode": "fast"}})"),
          "error " + c0 + "/logConfiguration/options/mode: `fast` is not a valid mode of a log driver", "non-blocking"},
      Row{php(R"("logConfiguration": {"logDriver": "awsfirelens"})"),
          "error " + c1 +
              "/logConfiguration/logDriver: the log driver awsfirelens needs a container with a "
              "`firelensConfiguration`",
          "fluentbit"},
      Row{php(R"("healthCheck": {"interval": 3})"),
          "error " + c1 + "/healthCheck/interval: `interval` of a health check cannot be 3", "5 to 300"},
      Row{php(R"("healthCheck": {"command": ["curl", "localhost"]})"),
          "error " + c1 + "/healthCheck/command: the command of a health check must begin with CMD or CMD-SHELL",
          "CMD"},
      Row{php(R"("portMappings": [{"containerPort": 80}])"),
          "warning " + c1 + "/portMappings/0: `nginx` and `php` both use port 80", "own"},
      Row{php(R"("portMappings": [{"containerPort": 90000}])"),
          "error " + c1 + "/portMappings/0/containerPort: 90000 is not a valid port", "65535"},
      Row{php(R"("portMappings": [{"protocol": "tcp"}])"),
          "error " + c1 + "/portMappings/0: a port mapping has no `containerPort`", "listens"},
      Row{php(R"("portMappings": [{"containerPort": 9000, "protocol": "TCP"}])"),
          "error " + c1 + "/portMappings/0/protocol: `TCP` is not a valid value of `protocol`", "tcp"},
      Row{php(R"("mountPoints": [{"sourceVolume": "dta", "containerPath": "/x"}])"),
          "error " + c1 + "/mountPoints/0/sourceVolume: `php` mounts the volume `dta`, which the task does not define",
          "did you mean `data`?"},
      Row{php(R"("mountPoints": [{"sourceVolume": "data", "containerPath": "x"}])"),
          "error " + c1 + "/mountPoints/0/containerPath: `x` is not an absolute path", "/"},
      Row{php(R"("volumesFrom": [{"sourceContainer": "db"}])"),
          "error " + c1 + "/volumesFrom/0/sourceContainer: `db` is not a container of this task", "containers"},
      Row{R"({"volumes": [{"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "authorizationConfig": {"iam": "ENABLED"}}}]})",
          "error /volumes/0/efsVolumeConfiguration/transitEncryption: volume `data` has an `authorizationConfig` with "
          "IAM or an access point, "
          "which needs encryption in transit",
          "ENABLED"},
      Row{php(R"("cpu": 2000)"), "error /cpu: the containers request 2000 CPU units, but the task has 1024", "lower"},
      Row{php(R"("memoryReservation": 600, "memory": 512)"),
          "error " + c1 + "/memoryReservation: `php` reserves 600 MiB of at most 512", "at most"}));
}

TEST_CASE("containers cannot ask for more memory than the task has") {
  const auto document = aws::merge(with(php(R"("memory": 1500)")), json::parse(nginx(R"("memory": 1000)")));
  CHECK(lines_of(aws::check(document, {})) ==
        std::vector<std::string>{"error /memory: the containers request 2500 MiB, but the task has 2048"});
}

TEST_CASE("a health check by a shell is worth a word for an image that was built here") {
  const auto document = with(php(R"("image": "host/php:1", "healthCheck": {"command": ["CMD-SHELL", "true"]})"));
  CHECK(lines_of(aws::check(document, {})).empty());
  CHECK(lines_of(aws::check(document, {{"host/php:1", {"amd64", "linux"}}})) ==
        std::vector<std::string>{"warning " + c1 +
                                 "/healthCheck/command/0: CMD-SHELL needs /bin/sh in the image of `php`"});
}

TEST_CASE("the platform is filled in from the images") {
  const auto document = with(php(R"("image": "host/php:1")"));
  CHECK(aws::with_platform(document, {{"host/php:1", {"arm64", "linux"}}})["runtimePlatform"] ==
        R"({"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"})"_json);
  CHECK(aws::with_platform(document, {{"host/php:1", {"", ""}}}) == document);
  CHECK(aws::with_platform(document, {}) == document);
  const auto half =
      with(php(R"("image": "host/php:1")").insert(1, R"("runtimePlatform": {"operatingSystemFamily": "LINUX"}, )"));
  CHECK(aws::with_platform(half, {{"host/php:1", {"amd64", "linux"}}})["runtimePlatform"]["cpuArchitecture"] ==
        "X86_64");
}

TEST_CASE("a platform that contradicts the image is an error, in check() and in with_platform()") {
  struct Case {
    std::string patch;
    std::map<std::string, aws::ImageFact> images;
    std::string finding;
  };
  const auto example = GENERATE(
      Case{
          R"({"runtimePlatform": {"cpuArchitecture": "X86_64"}, "containerDefinitions": [{"name": "php", "image": "host/php:1"}]})",
          {{"host/php:1", {"arm64", "linux"}}},
          "error /runtimePlatform/cpuArchitecture: the image of `php` is for ARM64, but the task is for X86_64"},
      Case{
          R"({"containerDefinitions": [{"name": "nginx", "image": "host/nginx:1"}, {"name": "php", "image": "host/php:1"}]})",
          {{"host/php:1", {"arm64", "linux"}}, {"host/nginx:1", {"amd64", "linux"}}},
          "error /containerDefinitions/1/image: the image of `php` is for ARM64, but the image of `nginx` is for "
          "X86_64"},
      Case{R"({"containerDefinitions": [{"name": "php", "image": "host/php:1"}]})",
           {{"host/php:1", {"riscv64", "linux"}}},
           "error /containerDefinitions/1/image: the image of `php` is for riscv64, which ECS does not run"});
  CHECK(lines_of(aws::check(with(example.patch), example.images)) == std::vector<std::string>{example.finding});
  CHECK_THROWS_AS(aws::with_platform(with(example.patch), example.images), Error);
}

TEST_CASE("documents of odd shapes are checked to their end") {
  const auto text = GENERATE("{}", R"({"containerDefinitions": 1, "tags": {"a": 1}})",
                             R"({"containerDefinitions": [1, null, "x", [2]]})", R"({"cpu": null, "memory": []})");
  const auto document = json::parse(text);
  CHECK_NOTHROW(aws::check(document, {}));
  CHECK(aws::with_platform(document, {}) == document);
}

TEST_CASE("architectures are ECS's own words") {
  check_row(GENERATE(Row{R"({"runtimePlatform": {"cpuArchitecture": "arm64"}})",
                         "error /runtimePlatform/cpuArchitecture: `arm64` is not a valid value of `cpuArchitecture`",
                         "did you mean `ARM64`?"},
                     Row{R"({"runtimePlatform": {"cpuArchitecture": "mips"}})",
                         "error /runtimePlatform/cpuArchitecture: `mips` is not a valid value of `cpuArchitecture`",
                         "one of X86_64, ARM64"}));
}

TEST_CASE("each rule that can be ignored has a name, which is in its error and on the page of rules") {
  const std::string fargate_volumes = R"("volumes": [{"name": "data"}, )";
  const std::vector<std::pair<std::string, std::string>> broken{
      {"awslogs-options", nginx(R"("logConfiguration": {"options": {"awslogs-grup": "g"}})")},
      {"capability-names", php(R"("linuxParameters": {"capabilities": {"drop": ["CAP_NET_RAW"]}})")},
      {"efs-access-point-root", "{" + fargate_volumes + R"({"name": "e", "efsVolumeConfiguration": {"fileSystemId":
        "fs-1", "rootDirectory": "/a", "transitEncryption": "ENABLED", "authorizationConfig": {"accessPointId":
        "fsap-1"}}}]})"},
      {"ephemeral-storage-size", R"({"ephemeralStorage": {"sizeInGiB": 10}})"},
      {"environment-files", php(R"("environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::b/a.txt"}])")},
      {"external-network-mode", R"({"requiresCompatibilities": ["EXTERNAL"]})"},
      {"fargate-members", php(R"("privileged": true)")},
      {"firelens-routers", R"({"containerDefinitions": [
        {"name": "nginx", "logConfiguration": {"logDriver": "awsfirelens", "options": null}},
        {"name": "r", "image": "host/r:1", "firelensConfiguration": {"type": "fluentbit"}},
        {"name": "s", "image": "host/r:1", "firelensConfiguration": {"type": "fluentbit"}}]})"},
      {"health-check-ranges", php(R"("healthCheck": {"interval": 1})")},
      {"image-digest", php(cat(R"("image": "host/php@sha512:)", std::string(128, 'a'), "\""))},
      {"member-ranges", php(R"("ulimits": [{"name": "nofile", "softLimit": 20, "hardLimit": 10}])")},
      {"network-mode-members", php(R"("hostname": "a")")},
      {"port-names", php(R"("portMappings": [{"containerPort": 81, "name": "HTTP"}])")},
      {"port-protocols", php(R"("portMappings": [{"containerPort": 53}, {"containerPort": 53, "protocol": "udp"}])")},
      {"port-ranges", php(R"("portMappings": [{"containerPortRange": "9-8"}])")},
      {"proxy-container", R"({"proxyConfiguration": {"containerName": "envoy"}})"},
      {"stop-timeout", php(R"("stopTimeout": 600)")},
      {"task-cpu-range", R"({"requiresCompatibilities": ["EC2"], "cpu": "1"})"},
      {"volume-kinds", "{" + fargate_volumes + R"({"name": "e", "host": {"sourcePath": "/a"}, "efsVolumeConfiguration":
        {"fileSystemId": "fs-1"}}]})"},
      {"volume-names", "{" + fargate_volumes + R"({"name": "a b"}]})"},
      {"windows-members",
       R"({"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}, "pidMode": "task"})"}};
  std::ifstream page(cat(LAPSTRAKE_SOURCE_DIR, "/docs/reference/task-rules.md"));
  const std::string text(std::istreambuf_iterator<char>(page), {});
  std::vector<std::string> names;
  for (const auto& each : broken) {
    const auto& rule = each.first;
    const auto& patch = each.second;
    CAPTURE(rule, patch);
    names.push_back(rule);
    CHECK_THAT(text, Contains("\n| `" + rule + "` | "));
    const auto findings = aws::check(with(patch), {});
    CAPTURE(lines_of(findings));
    CHECK(std::any_of(findings.begin(), findings.end(), [&](const auto& found) { return found.rule == rule; }));
  }
  CHECK(names == aws::ignorable_rules());
}
