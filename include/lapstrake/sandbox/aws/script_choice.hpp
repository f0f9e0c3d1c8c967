// The scripts of rollouts that a test chooses (docs/reference/sandbox.md).
#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace lapstrake::sandbox {

// By the name of the service; they replace the label of the task definition.
class ScriptChoice {
 public:
  // ApiFailure for an unknown script. An empty one: the label decides again.
  void set(const std::string& service, const std::string& script);
  std::optional<std::string> of(const std::string& service) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> scripts_;
};

}  // namespace lapstrake::sandbox
