#include <filesystem>
#include <nlohmann/json.hpp>

#include "reading.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::spec;
using nlohmann::json;

namespace {

Task task_in(const TempDir& folder, std::string_view text) {
  auto result = read_in(folder, text);
  INFO(only(result));
  REQUIRE(result.project);
  return result.project->tasks.at(0);
}

// The process works in `folder` for a while.
class InFolder {
 public:
  explicit InFolder(const std::filesystem::path& folder) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder);
  }
  ~InFolder() { std::filesystem::current_path(before_); }

 private:
  std::filesystem::path before_;
};

json overlay_of(const std::string& members) {
  const TempDir folder;
  return json::parse(task_in(folder, "vars: { port: 80, version: 1.10 }\ntasks:\n  a: " + members).overlay);
}

}  // namespace

TEST_CASE("plain values of a task are numbers and truths only in JSON's own letters") {
  const auto [text, value] =
      GENERATE(table<std::string, std::string>({{"256", "256"},
                                                {"\"256\"", "\"256\""},
                                                {"-1", "-1"},
                                                {"0", "0"},
                                                {"0.5", "0.5"},
                                                {"true", "true"},
                                                {"\"true\"", "\"true\""},
                                                {"yes", "\"yes\""},
                                                {"True", "\"True\""},
                                                {"~", "null"},
                                                {"null", "null"},
                                                {"012", "\"012\""},
                                                {"1.10", "\"1.10\""},
                                                {"1e3", "\"1e3\""},
                                                {"0x10", "\"0x10\""},
                                                {".inf", "\".inf\""},
                                                {"-0", "\"-0\""},
                                                {"+1", "\"+1\""},
                                                {"123456789012345678901234", "\"123456789012345678901234\""},
                                                {"9223372036854775807", "9223372036854775807"},
                                                {"[1, a]", "[1,\"a\"]"},
                                                {"{}", "{}"},
                                                {"\"${vars.port}\"", "\"80\""}}));
  CHECK(overlay_of("{ x: " + text + " }")["x"].dump() == value);
}

TEST_CASE("a plain variable counts as what it becomes") {
  const auto overlay = overlay_of("\n    port: ${vars.port}\n    version: ${vars.version}\n    text: v${vars.port}\n");
  CHECK(overlay["port"] == 80);
  CHECK(overlay["version"] == "1.10");
  CHECK(overlay["text"] == "v80");
}

TEST_CASE("a task keeps its file and its overlay apart") {
  const TempDir folder;
  folder.write("task.json", R"({ "family": "web", // a comment
    "cpu": "256", "image": "${images.web}", "command": "echo ${HOME} $${HOME} ${vars.a} $${vars.a} ${x" })");
  const auto task =
      task_in(folder,
              "vars: { a: b }\nimages: { web: { base: 'oci:a' }, api: { base: 'oci:a' } }\n"
              "tasks:\n  t: { from: task.json, cpu: \"512\", other: \"${images.api} $${images.api}\" }\n");
  CHECK(json::parse(task.from_text.value()) == json{{"family", "web"},
                                                    {"cpu", "256"},
                                                    {"image", "${images.web}"},
                                                    {"command", "echo ${HOME} $${HOME} b ${vars.a} ${x"}});
  CHECK(json::parse(task.overlay) == json{{"cpu", "512"}, {"other", "${images.api} $${images.api}"}});
  CHECK(task.images == std::vector<std::string>{"api", "web"});
  CHECK(task.from_file == folder / "task.json");
}

TEST_CASE("a task definition may be YAML") {
  const TempDir folder;
  folder.write("task.yml", "family: web\ncpu: 256\ncontainerDefinitions:\n  - { name: web, essential: true }\n");
  const auto task = task_in(folder, "tasks: { t: { from: task.yml } }");
  CHECK(json::parse(task.from_text.value()) ==
        json::parse(
            R"({"family": "web", "cpu": 256, "containerDefinitions": [ { "name": "web", "essential": true } ]})"));
}

TEST_CASE("a task's file may not lie behind a link out of the folder") {
  const TempDir folder, elsewhere;
  elsewhere.write("task.json", "{}");
  std::filesystem::create_symlink(elsewhere.path(), folder / "link");
  CHECK_THAT(only(read_in(folder, "tasks: { t: { from: link/task.json } }")),
             Contains("leads by a symbolic link out of the folder of the spec"));
  ReadOptions options;
  options.allow_outside = true;
  CHECK(read_in(folder, "tasks: { t: { from: link/task.json } }", options).project);
}

TEST_CASE("a task's file that is not there is told as absent, wherever the spec's path begins") {
  const TempDir folder;
  folder.write("lapstrake.yaml", "tasks: { t: { from: absent/task.json } }");
  const InFolder here(folder.path());
  ReadOptions options;
  options.file = GENERATE("lapstrake.yaml", "./lapstrake.yaml");
  CHECK(only(read(options)) == "1:21 cannot read `absent/task.json`: No such file or directory");
}

TEST_CASE("a task's file outside of the folder is one mistake") {
  CHECK(only(read_text("tasks: { t: { from: /etc/passwd } }")) ==
        "1:21 `from`: `/etc/passwd` is outside of the spec's folder");
  CHECK(only(read_text("tasks: { t: { from: ../task.json } }")) ==
        "1:21 `from`: `../task.json` leads out of the spec's folder");
}

TEST_CASE("a value of the merged document is found where it was written") {
  const TempDir folder;
  folder.write("task.json", R"({"containerDefinitions": [ {"name": "a", "cpu": 1}, {"name": "b", "cpu": 2} ]})");
  const auto task =
      task_in(folder,
              "tasks:\n  t:\n    from: task.json\n    containerDefinitions:\n"
              "      - { name: b, cpu: 3 }\n      - name: c/d\n        environment: [ { name: X, value: y } ]\n");
  const auto merged = json::parse(R"({"containerDefinitions": [ {"name": "a", "cpu": 1}, {"name": "b", "cpu": 3},
                                      {"name": "c/d", "environment": [ {"name": "X", "value": "y"} ]} ], "cpu": "256"})");
  const auto [pointer, place] =
      GENERATE(table<std::string, std::string>({{"/containerDefinitions/1/cpu", "5:25"},
                                                {"/containerDefinitions/2/environment/0/value", "7:42"},
                                                {"/containerDefinitions/0/cpu", "5:7"},
                                                {"/containerDefinitions/1/absent", "5:9"},
                                                {"/cpu", "2:3"},
                                                {"", "2:3"}}));
  const auto found = position_of(task, merged, pointer);
  INFO(pointer);
  CHECK(std::to_string(found.line) + ":" + std::to_string(found.column) == place);
}
