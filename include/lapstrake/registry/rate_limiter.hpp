// Rate limit and failure count per host. All threads and repositories of a run share one RateLimiter, so that one 429
// slows down every request to the host, and a dead host ends the retries of all threads.
#pragma once
#include <chrono>
#include <cstdint>
#include <lapstrake/base/runtime.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace lapstrake::registry {

// After a 429 no request to the host begins for half a second; each further 429 doubles this time, up to 30 s. A
// Retry-After counts if it is longer. After that, requests are spaced: the spacing doubles with each 429 and shrinks by
// an eighth with each success, down to none. Safe to use from several threads.
class RateLimiter {
 public:
  using Ticket = std::uint64_t;

  // Waits until a request to `host` may begin.
  Ticket wait(const std::string& host, const Runtime& runtime);
  void succeeded(const std::string& host, Ticket ticket);
  // A 429, or another reply with a Retry-After (`floor`). Of requests that began before the last 429, only the floor
  // counts.
  void throttled(const std::string& host, Ticket ticket, const Runtime& runtime,
                 std::optional<std::chrono::milliseconds> floor);
  // A lost connection or a 5xx. False: too many consecutive failures over all threads, for too long; do not retry
  // (F16).
  bool failed(const std::string& host, const Runtime& runtime);

 private:
  struct Host {
    using Time = std::chrono::system_clock::time_point;
    Time opens{}, next{}, first_failure{}, last_failure{};  // of consecutive failures
    Time seen{};                                            // the last time that the clock returned
    std::chrono::milliseconds spacing{0};
    unsigned throttles = 0, failures = 0;  // in a row
    Ticket issued = 0, slowed = 0;         // the last ticket issued; the last one issued before the last 429
  };
  static Host::Time time_for(Host& state, const Runtime& runtime);

  std::mutex mutex_;
  std::map<std::string, Host> hosts_;
};

}  // namespace lapstrake::registry
