#include <condition_variable>
#include <cstdlib>
#include <lapstrake/base/parallel.hpp>
#include <lapstrake/base/runtime.hpp>
#include <memory>
#include <mutex>
#include <random>

namespace lapstrake {

Runtime process_runtime(std::stop_token stop) {
  struct Chance {
    std::mutex mutex;
    std::mt19937_64 engine{std::random_device{}()};
  };
  auto chance = std::make_shared<Chance>();
  return {
      .environment = [](std::string_view name) -> std::optional<std::string> {
        const char* value = std::getenv(std::string(name).c_str());
        if (value == nullptr || *value == '\0') return std::nullopt;
        return value;
      },
      .clock = [] { return std::chrono::system_clock::now(); },
      .sleep =
          [stop](std::chrono::milliseconds time) {
            std::mutex mutex;
            std::condition_variable_any never;
            std::unique_lock lock(mutex);
            never.wait_for(lock, stop, time, [] { return false; });
            stop_point(stop);
          },
      .random =
          [chance] {
            const std::lock_guard lock(chance->mutex);
            return std::uniform_real_distribution<double>(0, 1)(chance->engine);
          },
      .stop = stop,
      .secrets = std::make_shared<Redactor>(),
  };
}

}  // namespace lapstrake
