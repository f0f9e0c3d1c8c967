#include "progress.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <mutex>
#include <vector>

namespace lapstrake::cli {
namespace {

using namespace std::chrono_literals;
using Kind = app::Event::Kind;
using Time = std::chrono::system_clock::time_point;

std::string title(const app::Event& event) {
  if (event.image.empty()) return event.subject;
  return event.subject.empty() ? event.image : cat(event.image, ": ", event.subject);
}

// One decimal: "0.3 s".
std::string seconds(std::chrono::system_clock::duration time) {
  const auto tenths =
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::milliseconds>(time).count() / 100);
  return cat(tenths / 10, ".", tenths % 10, " s");
}

struct Item {
  std::string title;
  std::uint64_t done = 0, total = 0;
  Time began, reported;
};

std::string bar_line(const std::string& title, const Item& item, Time now, unsigned columns) {
  const double part =
      item.total == 0 ? 0 : std::min(1.0, static_cast<double>(item.done) / static_cast<double>(item.total));
  const auto elapsed = std::chrono::duration<double>(now - item.began).count();
  const auto rate = elapsed < 0.2 ? 0 : static_cast<std::uint64_t>(static_cast<double>(item.done) / elapsed);
  const std::string figures =
      cat(static_cast<int>(part * 100), "%  ", human_size(item.done), "  ", human_size(rate), "/s");
  const std::size_t width = 20;
  const auto filled = static_cast<std::size_t>(part * static_cast<double>(width));
  std::string line = cat("  ", title, "  [", std::string(filled, '='), std::string(width - filled, ' '), "] ", figures);
  if (line.size() >= columns) line.resize(columns > 1 ? columns - 1 : 0);
  return line;
}

}  // namespace

ProgressStyle style_for(ProgressStyle asked, bool quiet, bool terminal, const Environment& environment) {
  if (quiet) return ProgressStyle::none;
  if (asked != ProgressStyle::automatic) return asked;
  const bool plain = !terminal || environment("CI") || environment("TERM") == "dumb";
  return plain ? ProgressStyle::plain : ProgressStyle::bar;
}

struct ProgressView::State {
  ProgressSettings settings;
  std::mutex mutex;
  std::vector<Item> items;
  std::size_t drawn = 0;
  Time last_draw{};

  Item& item(const std::string& name, std::uint64_t total, Time now) {
    for (auto& one : items)
      if (one.title == name) return one;
    return items.emplace_back(Item{.title = name, .done = 0, .total = total, .began = now, .reported = now});
  }

  // Before it is cut to the terminal's width.
  std::string clean(const std::string& text) const { return settings.clean ? settings.clean(text) : text; }

  std::string erased() {
    std::string out;
    for (; drawn > 0; --drawn) out += "\x1b[1A\x1b[2K";
    return out;
  }

  void draw(Time now, const std::string& line = {}) {
    if (settings.style != ProgressStyle::bar) {
      if (!line.empty()) settings.write(clean(line) + "\n");
      return;
    }
    if (line.empty() && now - last_draw < 100ms) return;
    last_draw = now;
    std::string out = erased();
    if (!line.empty()) out += clean(line) + "\n";
    for (const auto& one : items) {
      out += bar_line(clean(one.title), one, now, settings.columns) + "\n";
      ++drawn;
    }
    settings.write(out);
  }

  void advance(const app::Event& event, Time now) {
    auto& one = item(title(event), event.total, now);
    one.done = event.done;
    if (event.total > 0) one.total = event.total;
    if (settings.style == ProgressStyle::plain && now - one.reported >= 10s) {
      one.reported = now;
      draw(now,
           cat("  ", one.title, ": ", human_size(one.done), one.total > 0 ? cat(" of ", human_size(one.total)) : ""));
    } else {
      draw(now);
    }
  }

  void finish(const app::Event& event, Time now) {
    const auto name = title(event);
    const auto found = std::find_if(items.begin(), items.end(), [&](const auto& one) { return one.title == name; });
    std::string took;
    if (found != items.end()) {
      if (now - found->began >= 100ms) took = cat(" (", seconds(now - found->began), ")");
      items.erase(found);
    }
    draw(now, cat("  ", name, ": ", event.text, took));
  }
};

ProgressView::ProgressView(ProgressSettings settings) : state_(std::make_unique<State>()) {
  state_->settings = std::move(settings);
}

ProgressView::~ProgressView() = default;

void ProgressView::operator()(const app::Event& event) {
  const std::lock_guard lock(state_->mutex);
  const auto now = state_->settings.clock();
  if (event.kind == Kind::warning) {
    if (state_->settings.warnings) state_->draw(now, cat("warning: ", printable(event.text, 4096)));
    return;
  }
  if (state_->settings.style == ProgressStyle::none) return;
  switch (event.kind) {
    case Kind::started:
    case Kind::progress: state_->advance(event, now); break;
    case Kind::finished:
    case Kind::reused: state_->finish(event, now); break;
    case Kind::note: state_->draw(now, cat("  ", printable(event.text, 4096))); break;
    case Kind::warning: break;
  }
}

void ProgressView::print(const std::string& line) {
  const std::lock_guard lock(state_->mutex);
  state_->draw(state_->settings.clock(), line);
}

void ProgressView::close() {
  const std::lock_guard lock(state_->mutex);
  state_->items.clear();
  if (const auto erased = state_->erased(); !erased.empty()) state_->settings.write(erased);
}

}  // namespace lapstrake::cli
