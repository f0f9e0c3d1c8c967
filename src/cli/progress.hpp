// Shows progress events: live bars on a terminal, plain lines otherwise.
#pragma once
#include <cstdint>
#include <functional>
#include <lapstrake/app/context.hpp>
#include <lapstrake/base/runtime.hpp>
#include <memory>
#include <string>

#include "global_options.hpp"

namespace lapstrake::cli {

struct ProgressSettings {
  ProgressStyle style = ProgressStyle::plain;  // not `automatic`: see style_for
  bool warnings = true;                        // false: -q
  unsigned columns = 80;                       // of the terminal
  Clock clock;
  std::function<std::string(const std::string&)> clean = nullptr;  // of secrets and control bytes
  std::function<void(const std::string&)> write;                   // to stderr
};

// `automatic` means bars on a terminal unless CI or TERM=dumb is set; plain lines otherwise.
ProgressStyle style_for(ProgressStyle asked, bool quiet, bool terminal, const Environment& environment);

// Safe to call from several threads.
class ProgressView {
 public:
  explicit ProgressView(ProgressSettings settings);
  ~ProgressView();
  void operator()(const app::Event& event);
  // Prints a separate line above the bars.
  void print(const std::string& line);
  // Erases the bars.
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lapstrake::cli
