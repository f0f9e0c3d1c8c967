// Credentials that are found again before they expire. Shared by all sessions of a run.
#pragma once
#include <functional>
#include <lapstrake/aws/credentials.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/runtime.hpp>
#include <mutex>
#include <optional>

namespace lapstrake::aws {

// Thread-safe: searches are serialized. A failed search is repeated after 30 seconds at the earliest.
class LiveCredentials {
 public:
  using Find = std::function<Credentials()>;
  using Time = std::chrono::system_clock::time_point;

  explicit LiveCredentials(Clock clock, Find find, std::optional<Credentials> first = std::nullopt);

  // Found at the first call. Less than 15 minutes before they expire they are searched for again; the search must
  // succeed when they expire in less than 10 minutes (later, for credentials that live less than 30 minutes).
  Credentials current();
  // In place of credentials that AWS refused: those that other sessions have found since, else from a new search.
  Credentials instead_of(const Credentials& refused);

 private:
  Credentials searched();  // throws what find_ throws
  void take(Credentials found);

  Clock clock_;
  Find find_;
  std::mutex mutex_;
  std::optional<Credentials> known_;
  Time try_at_ = Time::max(), must_at_ = Time::max();  // when `known_` are searched for again
  std::optional<Error> failure_;                       // of the last search
  Time failed_at_{};
};

}  // namespace lapstrake::aws
