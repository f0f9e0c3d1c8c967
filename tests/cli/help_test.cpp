#include <lapstrake/base/text.hpp>

#include "../../src/cli/help.hpp"
#include "../../src/cli/options.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::cli;

TEST_CASE("no line of help is longer than 80 columns") {
  std::vector<std::string> texts{overview()};
  for (const auto& command : commands()) texts.push_back(command.help);
  for (const auto& text : texts)
    for (const auto& line : split(text, '\n')) {
      INFO(line);
      CHECK(line.size() <= 80);
    }
}

TEST_CASE("help leads with examples and names every option that the parser takes") {
  for (const auto& command : commands()) {
    INFO(command.name);
    CHECK(command.help.starts_with("Example"));
    for (const auto& option : option_names(command.name)) {
      INFO(option);
      CHECK(command.help.find(option) != std::string::npos);
    }
  }
  for (const auto& option : option_names("")) {
    INFO(option);
    CHECK(overview().find(option) != std::string::npos);
  }
}

TEST_CASE("the overview lists every command that has a summary") {
  for (const auto& command : commands())
    if (!command.summary.empty()) CHECK(overview().find(cat("  ", command.name, " ")) != std::string::npos);
}
