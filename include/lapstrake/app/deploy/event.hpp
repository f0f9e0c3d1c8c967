// What happens during a rollout, as it happens.
#pragma once
#include <functional>
#include <string>

namespace lapstrake::app {

struct RolloutEvent {
  // message: of ECS. failure: a stopped task. early_verdict: the third stopped task with the same failure.
  enum class Kind { progress, message, failure, early_verdict, hook, note } kind = Kind::note;
  std::string service;
  std::string text;
  std::string details = "{}";  // a JSON object, for --json
};
using OnRolloutEvent = std::function<void(const RolloutEvent&)>;

}  // namespace lapstrake::app
