// The clock, the environment, chance and sleep, passed in at main so that tests can play them.
#pragma once
#include <chrono>
#include <functional>
#include <lapstrake/base/redactor.hpp>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace lapstrake {

using Environment = std::function<std::optional<std::string>(std::string_view name)>;
using Clock = std::function<std::chrono::system_clock::time_point()>;
using Sleep = std::function<void(std::chrono::milliseconds)>;
using Random = std::function<double()>;  // uniform in [0, 1)
struct Inherited;

struct World {
  Environment environment;
  Clock clock;
  Sleep sleep;  // throws Error{interrupted} when a stop is requested
  Random random;
  std::stop_token stop;
  std::shared_ptr<Redactor> secrets = std::make_shared<Redactor>();  // of this run
  std::shared_ptr<const Inherited> inherited = nullptr;  // for children (inherited.hpp); null: this process's own state
};

// The process's own. An empty variable counts as unset, as in the AWS tools.
World real_world(std::stop_token stop = {});

}  // namespace lapstrake
