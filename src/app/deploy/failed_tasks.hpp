// The tasks of a rollout that have failed so far.
#pragma once
#include <map>

#include "logs.hpp"
#include "rollout.hpp"

namespace lapstrake::app {

class FailedTasks {
 public:
  FailedTasks(const aws::Session& session, const Rollout& rollout) : session_(session), rollout_(rollout) {}

  // Asks ECS; returns those that are new since the last call.
  std::vector<TaskFailure> look();
  // Tasks so far that failed in the same way.
  std::size_t count(const TaskFailure& failure) const;
  std::optional<TaskFailure> most_frequent() const;
  // The last lines of the container's log; none if they cannot be read.
  std::vector<LogLine> log_of(const TaskFailure& failure) const;

 private:
  struct Kind {
    std::size_t count = 0;
    TaskFailure last;
  };

  const aws::Session& session_;
  const Rollout& rollout_;
  std::set<std::string> known_ = {};
  std::map<std::string, Kind> kinds_ = {};
};

}  // namespace lapstrake::app
