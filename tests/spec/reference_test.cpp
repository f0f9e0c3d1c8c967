// What is made of the table of keys.
#include <cstdlib>
#include <lapstrake/spec/reference.hpp>
#include <lapstrake/spec/schema.hpp>
#include <nlohmann/json.hpp>

#include "reading.hpp"
#include "support/catch.hpp"

using namespace lapstrake::spec;
namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

TEST_CASE("the reference page is the one that the table makes; LAPSTRAKE_ACCEPT=1 writes it") {
  const auto page = fs::path(LAPSTRAKE_SOURCE_DIR) / "docs/reference/spec.md";
  if (std::getenv("LAPSTRAKE_ACCEPT") != nullptr) std::ofstream(page, std::ios::binary) << reference_markdown();
  CHECK(text_of(page) == reference_markdown());
}

TEST_CASE("each example of the reference page is a spec without a mistake") {
  const auto page = reference_markdown();
  int examples = 0;
  for (auto at = page.find("```yaml\n"); at != std::string::npos; at = page.find("```yaml\n", at + 1), ++examples) {
    const auto text = page.substr(at + 8, page.find("```\n", at + 8) - at - 8);
    const TempDir folder;
    folder.write("task-definition.json", "{}");
    INFO(text);
    CHECK(reports(read_in(folder, text), folder.path()) == "");
  }
  CHECK(examples >= 10);
}

TEST_CASE("the schema names every key that the page names, and no reference in it leads nowhere") {
  const auto schema = nlohmann::json::parse(json_schema());
  CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
  const auto all = schema.dump();
  for (auto at = all.find("\"$ref\":\"#/$defs/"); at != std::string::npos;
       at = all.find("\"$ref\":\"#/$defs/", at + 1)) {
    const auto name = all.substr(at + 16, all.find('"', at + 16) - at - 16);
    CHECK(schema["$defs"].contains(name));
  }
  CHECK(schema["$defs"]["copy"]["required"] == nlohmann::json{"from", "to"});
  CHECK_FALSE(schema["$defs"]["copy_patch"].contains("required"));
  CHECK(schema["$defs"]["copy"]["additionalProperties"] == false);
  CHECK(schema["$defs"]["task"]["additionalProperties"] == true);
}
