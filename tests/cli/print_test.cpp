#include "../../src/cli/print.hpp"

#include <lapstrake/base/json.hpp>
#include <nlohmann/json.hpp>

#include "../../src/cli/progress.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::cli;
using nlohmann::ordered_json;

namespace {

Runtime runtime_that_knows(std::string_view secret) {
  Runtime runtime;
  runtime.environment = [](std::string_view) { return std::nullopt; };
  runtime.secrets->learn(secret);
  return runtime;
}

struct Scene {
  Printer printer{runtime_that_knows("s\"cret/pass\nword")};
};

}  // namespace

TEST_CASE("what is printed holds no secret and nothing that moves a terminal (S07)") {
  const Scene scene;
  CHECK(scene.printer.clean("a s\"cret/pass\nword \x1b[31m \u202e \xff\nb\n") ==
        "a REDACTED \\x1b[31m \\xe2\\x80\\xae \\xff\nb\n");
}

TEST_CASE("JSON without the secrets is the same JSON (S07)") {
  const Scene scene;
  const ordered_json before{{"name", "the s\"cret/pass\nword of it"}, {"list", {1, 2.5, nullptr, true}}, {"empty", {}}};
  const ordered_json after{{"name", "the REDACTED of it"}, {"list", {1, 2.5, nullptr, true}}, {"empty", {}}};
  CHECK(scene.printer.clean_json(pretty_json(before) + "\n") == pretty_json(after) + "\n");
  CHECK(scene.printer.clean_json(before.dump() + "\n") == after.dump() + "\n");
}

TEST_CASE("an escape of JSON and what follows it are not taken for a secret") {
  const Printer printer(runtime_that_knows("nothing"));
  const ordered_json value{{"a", "\nothing"}};
  CHECK(ordered_json::parse(printer.clean_json(value.dump() + "\n")) == value);
}

TEST_CASE("JSON that holds control characters escapes them and means the same") {
  const Scene scene;
  const ordered_json value{{"a", "\x7f \u0085 \u202e \u2028 \u00e9\t"}};
  const auto text = scene.printer.clean_json(value.dump() + "\n");
  CHECK(text == "{\"a\":\"\\u007f \\u0085 \\u202e \\u2028 \u00e9\\t\"}\n");
  CHECK(ordered_json::parse(text) == value);
}

TEST_CASE("a bar's title is cleaned before it is cut to the terminal's width (S07)") {
  const Scene scene;
  std::string shown;
  ProgressView view({.style = ProgressStyle::bar,
                     .columns = 14,
                     .clock = [] { return std::chrono::system_clock::time_point(std::chrono::hours(1)); },
                     .clean = [&](const std::string& text) { return scene.printer.clean(text); },
                     .write = [&](const std::string& text) { shown += text; }});
  view({.kind = app::Event::Kind::started, .image = "of s\"cret/pass\nword", .total = 10});
  CHECK(shown == "  of REDACTED\n");
}

TEST_CASE("labels and carets are in colour, whatever the message contains (S07)") {
  const Scene scene;
  Finding finding{.where = {.file = "a.yaml", .line = 12, .column = 3}};
  finding.message = "unknown key `error:`";
  finding.line = "  ^x";
  finding.help = "  help: \x1b[31m";
  CHECK(scene.printer.rendered(styled_report(finding), true) ==
        "\x1b[1;31merror:\x1b[0m unknown key `error:`\n\x1b[34m  -->\x1b[0m a.yaml:12:3\n   |\n12 |   ^x\n   |   "
        "\x1b[1;31m^\x1b[0m\n\x1b[32m  help:\x1b[0m   help: \\x1b[31m\n");
  CHECK(scene.printer.rendered(styled_report(Error(ErrorKind::input, "a s\"cret/pass\nword")), false) ==
        "error: a s\"cret/pass\n    word\n");
}
