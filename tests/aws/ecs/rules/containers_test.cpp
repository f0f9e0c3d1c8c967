#include "aws/ecs/rules/checked_task.hpp"

using namespace lapstrake;
using nlohmann::json;

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
