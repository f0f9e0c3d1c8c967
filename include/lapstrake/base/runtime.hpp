// The environment, the clock, random numbers and sleeping, passed in from main so that tests can replace them.
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

struct Runtime {
  Environment environment;
  Clock clock;
  Sleep sleep;  // throws Interrupted when a stop is requested
  Random random;
  std::stop_token stop;
  std::shared_ptr<Redactor> secrets = std::make_shared<Redactor>();  // of this run
  std::shared_ptr<const Inherited> inherited = nullptr;  // for children (inherited.hpp); null: this process's own state
};

// The real ones of this process. An empty variable counts as unset, as in the AWS tools.
Runtime process_runtime(std::stop_token stop = {});

}  // namespace lapstrake
