// Events drawn: live bars on a terminal, plain lines elsewhere.
#pragma once
#include <cstdint>
#include <functional>
#include <lapstrake/app/context.hpp>
#include <lapstrake/base/world.hpp>
#include <memory>
#include <string>

#include "options.hpp"

namespace lapstrake::cli {

struct ProgressSettings {
  ProgressStyle style = ProgressStyle::plain;  // not `automatic`: see style_for
  bool warnings = true;                        // false: -q
  unsigned columns = 80;                       // of the terminal
  Clock clock;
  std::function<std::string(const std::string&)> clean = nullptr;  // of secrets and control bytes
  std::function<void(const std::string&)> write;                   // to stderr
};

// `automatic` is bars on a terminal, unless CI or NO_COLOR's cousin TERM=dumb is set; plain lines otherwise.
ProgressStyle style_for(ProgressStyle asked, bool quiet, bool terminal, const Environment& environment);

// Safe to call from several threads.
class ProgressView {
 public:
  explicit ProgressView(ProgressSettings settings);
  ~ProgressView();
  void operator()(const app::Event& event);
  // A line of its own, above the bars.
  void say(const std::string& line);
  // Takes the bars off the screen.
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lapstrake::cli
