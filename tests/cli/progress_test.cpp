#include "../../src/cli/progress.hpp"

#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::cli;
using Kind = app::Event::Kind;

namespace {

struct Screen {
  std::string text;
  std::chrono::system_clock::time_point now{};
  ProgressView view(ProgressStyle style, bool warnings = true) {
    return ProgressView({.style = style,
                         .warnings = warnings,
                         .columns = 80,
                         .clock = [this] { return now; },
                         .write = [this](const std::string& more) { text += more; }});
  }
};

app::Event event(Kind kind, std::uint64_t done, std::string text = {}) {
  return {.kind = kind, .image = "web", .subject = "layer app", .done = done, .total = 1000, .text = std::move(text)};
}

}  // namespace

TEST_CASE("plain progress is one line an item, and a sign of life every ten seconds") {
  Screen screen;
  auto view = screen.view(ProgressStyle::plain);
  view(event(Kind::started, 0));
  view(event(Kind::progress, 10));
  CHECK(screen.text.empty());
  screen.now += std::chrono::seconds(11);
  view(event(Kind::progress, 500));
  CHECK(screen.text == "  web: layer app: 500 B of 1000 B\n");
  view(event(Kind::finished, 1000, "2 entries"));
  CHECK(screen.text.ends_with("  web: layer app: 2 entries (11.0 s)\n"));
}

TEST_CASE("bars are drawn over themselves and vanish at the end") {
  Screen screen;
  auto view = screen.view(ProgressStyle::bar);
  screen.now += std::chrono::seconds(1);
  view(event(Kind::started, 0));
  screen.now += std::chrono::seconds(1);
  view(event(Kind::progress, 500));
  CHECK(screen.text.find("\x1b[1A\x1b[2K") != std::string::npos);
  CHECK(screen.text.find("50%  500 B  500 B/s") != std::string::npos);
  view.close();
  CHECK(screen.text.ends_with("\x1b[1A\x1b[2K"));
}

TEST_CASE("no progress still tells warnings, unless quiet") {
  Screen screen;
  screen.view(ProgressStyle::none)({.kind = Kind::warning, .image = {}, .subject = {}, .text = "slow"});
  CHECK(screen.text == "warning: slow\n");
  screen.text.clear();
  screen.view(ProgressStyle::none, false)({.kind = Kind::warning, .image = {}, .subject = {}, .text = "slow"});
  CHECK(screen.text.empty());
}

TEST_CASE("`auto` draws bars on a terminal, and plain lines in CI") {
  const auto with = [](const char* set) {
    return [set](std::string_view name) { return name == set ? std::optional<std::string>("1") : std::nullopt; };
  };
  CHECK(style_for(ProgressStyle::automatic, false, true, with("")) == ProgressStyle::bar);
  CHECK(style_for(ProgressStyle::automatic, false, true, with("CI")) == ProgressStyle::plain);
  CHECK(style_for(ProgressStyle::automatic, false, false, with("")) == ProgressStyle::plain);
  CHECK(style_for(ProgressStyle::bar, true, true, with("")) == ProgressStyle::none);
}
