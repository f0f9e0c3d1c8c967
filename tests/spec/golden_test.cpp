// Every bad spec of the test data against its golden report. LAPSTRAKE_ACCEPT=1 rewrites the goldens.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "reading.hpp"
#include "support/catch.hpp"

using namespace lapstrake::spec;
namespace fs = std::filesystem;

namespace {

const fs::path folder = fs::path(LAPSTRAKE_SOURCE_DIR) / "testdata/spec";

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<fs::path> specs_in(const fs::path& where) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(where))
    if (entry.path().extension() == ".yaml") out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

// The words of the first comments: `# environment: NAME`, `# set: NAME=VALUE`, `# env: NAME=VALUE`.
ReadOptions options_of(const fs::path& spec) {
  ReadOptions options;
  std::map<std::string, std::string> variables;
  std::istringstream lines(text_of(spec));
  for (std::string line; std::getline(lines, line) && line.starts_with("# ");) {
    const auto colon = line.find(": ");
    if (colon == std::string::npos) continue;
    const auto word = line.substr(2, colon - 2), value = line.substr(colon + 2);
    const auto equals = std::min(value.find('='), value.size());
    if (word == "environment") options.environment = value;
    if (word == "set") options.set[value.substr(0, equals)] = value.substr(equals + 1);
    if (word == "env") variables[value.substr(0, equals)] = value.substr(equals + 1);
  }
  options.file = spec;
  options.environment_variables = environment_of(variables);
  return options;
}

}  // namespace

TEST_CASE("each bad spec is refused with the report of its golden") {
  const auto specs = specs_in(folder / "bad");
  REQUIRE(specs.size() >= 45);
  for (const auto& spec : specs) {
    INFO(spec.filename().string());
    const auto result = read(options_of(spec));
    CHECK_FALSE(result.project.has_value());
    const auto seen = reports(result, folder / "bad");
    auto golden = spec;
    golden.replace_extension(".txt");
    if (std::getenv("LAPSTRAKE_ACCEPT") != nullptr) std::ofstream(golden, std::ios::binary) << seen;
    CHECK(seen == text_of(golden));
  }
}

TEST_CASE("each good spec is read without a word, in each of its environments") {
  const auto specs = specs_in(folder / "good");
  REQUIRE(specs.size() >= 5);
  for (const auto& spec : specs) {
    INFO(spec.filename().string());
    const auto result = read(options_of(spec));
    CHECK(reports(result, folder / "good") == "");
    CHECK(result.project.has_value());
  }
  for (const std::string environment : {"staging", "production"}) {
    ReadOptions options;
    options.file = folder / "good/migration.yaml";
    options.environment = environment;
    CHECK(read(options).project->environment == environment);
  }
}

TEST_CASE("each mistake has a place, a message without a full stop, and stands once") {
  for (const auto& spec : specs_in(folder / "bad")) {
    INFO(spec.filename().string());
    const auto found = read(options_of(spec)).findings;
    for (const auto& d : found) {
      CHECK_FALSE(d.message.ends_with('.'));
      CHECK_FALSE(d.where.file.empty());
      CHECK(std::ranges::count_if(found, [&](const auto& other) { return report(other) == report(d); }) == 1);
    }
  }
}
