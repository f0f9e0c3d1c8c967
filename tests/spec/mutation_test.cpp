// Specs with random damage are read to an end, with a report, and never crash.
#include <chrono>
#include <random>
#include <vector>

#include "reading.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::spec;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> seeds() {
  std::vector<std::string> out;
  for (const std::string_view folder : {"good", "bad"})
    for (const auto& entry : fs::directory_iterator(fs::path(LAPSTRAKE_SOURCE_DIR) / "testdata/spec" / folder))
      if (entry.path().extension() == ".yaml" && entry.file_size() < 8192) {
        std::ifstream in(entry.path(), std::ios::binary);
        std::ostringstream text;
        text << in.rdbuf();
        out.push_back(text.str());
      }
  std::ranges::sort(out);  // the folder's order is the file system's own
  return out;
}

std::string damaged(std::string text, const std::vector<std::string>& all, std::mt19937& chance) {
  static const std::vector<std::string> tokens{
      "{",         "}",       "[",     "]", ": ", "- ",  "&a ", "*a",   "${",
      "}",         "${vars.", "\"",    "'", "|",  ">\n", "\n",  "\t",   "~",
      "!!binary ", "<<: ",    "---\n", "%", "#",  ",",   "?",   "\xff", std::string(1, '\0'),
      "\xc3\xa9",  "../",     "0x"};
  const auto place = [&] { return text.empty() ? 0 : chance() % text.size(); };
  for (auto rounds = 1 + chance() % 4; rounds > 0; --rounds) switch (chance() % 5) {
      case 0: text.insert(place(), tokens[chance() % tokens.size()]); break;
      case 1: text.erase(place(), 1 + chance() % 12); break;
      case 2: {
        const auto& other = all[chance() % all.size()];
        text.insert(place(), other.substr(chance() % other.size(), chance() % 200));
        break;
      }
      case 3: text = text.substr(0, place()); break;
      default:
        if (!text.empty()) text[place()] = static_cast<char>(chance());
    }
  return text;
}

}  // namespace

TEST_CASE("damaged specs are refused or read, and each report can be printed") {
  const TempDir folder;
  const auto all = seeds();
  std::mt19937 chance(20240229);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  int refused = 0, rounds = 0;
  for (; rounds < 4000 && std::chrono::steady_clock::now() < end; ++rounds) {
    const auto text = damaged(all[chance() % all.size()], all, chance);
    INFO(text);
    const auto result = read_in(folder, text);
    for (const auto& finding : result.findings) REQUIRE_FALSE(report(finding).empty());
    const bool has_error =
        std::ranges::any_of(result.findings, [](const Finding& d) { return d.severity == Finding::Severity::error; });
    REQUIRE(result.project.has_value() != has_error);
    refused += has_error ? 1 : 0;
  }
  CHECK(refused > rounds / 4);
}
