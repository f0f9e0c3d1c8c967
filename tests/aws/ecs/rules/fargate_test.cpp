#include "aws/ecs/rules/checked_task.hpp"

using namespace lapstrake;
using nlohmann::json;
using nlohmann::literals::operator""_json;

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
