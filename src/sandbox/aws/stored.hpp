// A small store of named documents, by region: the state of SSM, Secrets Manager and Application Auto Scaling.
#pragma once
#include <lapstrake/sandbox/aws/api.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

namespace lapstrake::sandbox {

inline constexpr std::size_t most_stored = 10'000;  // entries of a service and region
inline constexpr std::size_t most_versions = 100;   // of an entry; older ones go (SSM keeps 100)

template <class Entry>
struct Stored {
  std::mutex mutex{};
  std::map<std::string, std::map<std::string, Entry>> regions{};

  std::map<std::string, Entry>& of(const Caller& caller) { return regions[caller.region]; }
  // The entry with this name, which is made if there is none.
  Entry& keep(const Caller& caller, const std::string& name) {
    auto& entries = of(caller);
    if (!entries.contains(name) && entries.size() >= most_stored)
      throw ApiFailure{"LimitExceededException", "The sandbox stores no more entries."};
    return entries[name];
  }
};

template <class State>
Operation with_state(std::shared_ptr<State> state,
                     nlohmann::json (*function)(State&, const nlohmann::json&, const Caller&)) {
  return [state = std::move(state), function](const nlohmann::json& input, const Caller& caller) {
    const std::lock_guard lock(state->mutex);
    return function(*state, input, caller);
  };
}

}  // namespace lapstrake::sandbox
