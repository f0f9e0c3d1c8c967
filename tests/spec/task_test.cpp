#include <filesystem>
#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/task_position.hpp>
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
             Contains("follows a symbolic link out of the folder of the spec"));
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
        "1:21 `from`: `/etc/passwd` is outside the spec's folder");
  CHECK(only(read_text("tasks: { t: { from: ../task.json } }")) ==
        "1:21 `from`: `../task.json` is outside the spec's folder");
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
                                                {"/containerDefinitions/0/cpu", "1:49"},
                                                {"/containerDefinitions/1/absent", "5:9"},
                                                {"/cpu", "2:3"},
                                                {"", "2:3"}}));
  const auto found = position_of(task, merged, pointer);
  INFO(pointer);
  CHECK(std::to_string(found.line) + ":" + std::to_string(found.column) == place);
}

TEST_CASE("a value of a task's file is found there, by line and column") {
  const TempDir folder;
  const bool is_wrapped = GENERATE(false, true);
  folder.write("task.json", cat(is_wrapped ? "{\"taskDefinition\":\n" : "// mine\n",
                                "{ \"family\": \"a\", /* , } */\n"
                                "  \"containerDefinitions\": [\n"
                                "    { \"name\": \"w\\\"eb\", \"cpu\": 1 },\n"
                                "    { \"name\": \"log\", \"cpu\": true, \"a/b\": [ 1, \"\u00e9\", null ] }\n"
                                "  ] }",
                                is_wrapped ? "}" : ""));
  const auto task = task_in(folder,
                            "tasks:\n  t:\n    from: task.json\n    containerDefinitions:\n"
                            "      - { name: log, memory: 64 }\n");
  const auto document = R"({"family": "a", "containerDefinitions": [
    {"name": "w\"eb", "cpu": 1}, {"name": "log", "cpu": true, "a/b": [1, "x", null], "memory": 64}]})"_json;
  const auto at = [&](const char* pointer) {
    const auto found = position_of(task, document, pointer);
    return cat(std::filesystem::path(found.file).filename().string(), ":", found.line, ":", found.column);
  };
  CHECK(at("/family") == "task.json:2:13");
  CHECK(at("/containerDefinitions/0/cpu") == "task.json:4:31");
  CHECK(at("/containerDefinitions/1/cpu") == "task.json:5:29");
  CHECK(at("/containerDefinitions/1/a~1b/2") == "task.json:5:52");
  CHECK(at("/containerDefinitions/0/memory") == "task.json:4:5");  // where it is missing
  CHECK(at("/containerDefinitions/1/memory") == "lapstrake.yaml:5:30");
}

TEST_CASE("the places of values cost a bounded amount of memory") {
  const TempDir folder;
  std::string list = "[0";
  for (int i = 1; i < 50'000; ++i) list += ",0";
  const std::string key(300'000, 'k');
  const auto file = GENERATE("task.json", "task.yaml");
  folder.write(file, cat("{\"", file == std::string("task.json") ? "" : "a", key, "\": ", list, "]}"));
  const auto result = read_in(folder, cat("tasks: { t: { from: ", file, " } }"));
  CHECK(result.findings.size() <= 1);  // YAML's own limit on a key
}

TEST_CASE("what is often in a file instead of a task definition has a help of its own") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {R"({"a": [1, 2,], "b": ","})", "remove the comma"},
      {R"([{"name": "web", "image": "a"}])", "containerDefinitions"},
      {R"({"Family": "a", "ContainerDefinitions": []})", "lower-case first letter"},
      {R"({"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition"}}})", "lower-case first letter"},
      {"3", "one JSON object"},
  }));
  const TempDir folder;
  folder.write("task.json", text);
  const auto result = read_in(folder, "tasks: { t: { from: task.json } }");
  REQUIRE(result.findings.size() == 1);
  CHECK_THAT(report(result.findings[0]), Contains(message));
}

TEST_CASE("a mode may begin with the zero that C and ls write") {
  const auto read = [](const char* mode) {
    return read_text(
        cat("images: { a: { layers: [ { name: l, directories: [ { path: /tmp, mode: \"", mode, "\" } ] } ] } }"));
  };
  CHECK(read("01777").project);
  CHECK_FALSE(read("11777").project);
  CHECK_FALSE(read("001777").project);
}
