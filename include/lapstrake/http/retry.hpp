// When to try again, and after how long: one table, pure.
#pragma once
#include <chrono>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/world.hpp>
#include <lapstrake/http/message.hpp>
#include <optional>

namespace lapstrake::http {

struct RetryPolicy {
  unsigned most_attempts = 6;
  std::chrono::milliseconds first_delay{500};
  std::chrono::milliseconds most_delay{30'000};
  std::chrono::milliseconds most_wait{120'000};  // a Retry-After beyond this fails at once, naming it
};

// 408, 425, 429, 500, 502, 503, 504, 499, 522.
bool is_retryable(int status);
// The three forms of RFC 9110 5.6.7 ("Sun, 06 Nov 1994 08:49:37 GMT"); nothing for anything else.
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text);
// Retry-After in seconds or as an HTTP date; nothing when absent, negative or unreadable.
std::optional<std::chrono::milliseconds> retry_after(const Headers& headers, std::chrono::system_clock::time_point now);
// The wait before attempt number `attempt` + 1 (the first is 1): full jitter over first_delay * 2^(attempt-1), capped,
// added to `floor`; nothing when there shall be no such attempt. `chance` is in [0, 1).
std::optional<std::chrono::milliseconds> delay_before_retry(const RetryPolicy& policy, unsigned attempt, double chance,
                                                            std::optional<std::chrono::milliseconds> floor);

// Told before each wait: "attempt 1 of 6 failed: ...; trying again in 0.4 s".
using RetryNotice = std::function<void(const std::string&)>;

// Retries the request as it stands. Only for requests that may be sent twice (GET, HEAD, DELETE, and POSTs that are
// said to be safe): uploads are retried as a whole by `registry`, in a new session. A reply that stays retryable is
// returned; a request whose sink has taken bytes is not repeated.
Transport with_retry(Transport inner, RetryPolicy policy, World world, RetryNotice notice = nullptr);

// For use inside a handler of `error`, the failure of attempt number `attempt`: waits, or throws it again when it is
// not transient, when there were enough attempts, or when the wait asked for is too long.
void wait_or_rethrow(const RetryPolicy& policy, const World& world, const RetryNotice& notice, unsigned attempt,
                     Error& error);

// Runs `act` until it returns; Errors marked transient are retried by the policy.
template <class Act>
auto retrying(const RetryPolicy& policy, const World& world, const RetryNotice& notice, Act&& act) {
  for (unsigned attempt = 1;; ++attempt) {
    try {
      return act();
    } catch (Error& error) {
      wait_or_rethrow(policy, world, notice, attempt, error);
    }
  }
}

// "GET https://host/path?x=REDACTED -> 200 (0.031 s)": redacted, never a header's value. For -v.
Transport with_trace(Transport inner, World world, std::function<void(const std::string&)> trace);

}  // namespace lapstrake::http
