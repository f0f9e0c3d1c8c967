// Retry policy: which failures to retry, and after how long. Pure, except for wait_or_rethrow() and the transports.
#pragma once
#include <chrono>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/http/message.hpp>
#include <optional>

namespace lapstrake::http {

struct RetryPolicy {
  unsigned most_attempts = 6;
  std::chrono::milliseconds first_delay{500};
  std::chrono::milliseconds most_delay{30'000};
  std::chrono::milliseconds most_wait{120'000};  // a longer Retry-After fails at once, with the wait in the error
};

// 408, 425, 429, 500, 502, 503, 504, 499, 522.
bool is_retryable(int status);
// The three forms of RFC 9110 5.6.7 ("Sun, 06 Nov 1994 08:49:37 GMT") and other usual ones, from 1970 on; a date after
// 2200 counts as its end. Nothing for anything else.
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text);
// Retry-After in seconds or as an HTTP date; nothing when absent, negative or unreadable.
std::optional<std::chrono::milliseconds> retry_after(const Headers& headers, std::chrono::system_clock::time_point now);
// The wait before attempt number `attempt` + 1 (the first is 1): full jitter over first_delay * 2^(attempt-1), capped,
// added to `floor`; nothing when there is no such attempt. `chance` is in [0, 1).
std::optional<std::chrono::milliseconds> delay_before_retry(const RetryPolicy& policy, unsigned attempt, double chance,
                                                            std::optional<std::chrono::milliseconds> floor);

// Called before each wait: "attempt 1 of 6 failed: ...; trying again in 0.4 s".
using RetryNotice = std::function<void(const std::string&)>;

// Retries the same request. Only for requests that may be sent twice (GET, HEAD, DELETE, and POSTs that are known to be
// safe): `registry` retries an upload as a whole, in a new session. If the last attempt's reply is still retryable, it
// is returned; a request whose sink has received bytes is not repeated.
Transport with_retry(Transport inner, RetryPolicy policy, Runtime runtime, RetryNotice notice = nullptr);

// Call it inside the handler of `error`, the failure of attempt number `attempt`. Waits, or rethrows when the error is
// not transient, when no attempts are left, or when the requested wait is too long.
void wait_or_rethrow(const RetryPolicy& policy, const Runtime& runtime, const RetryNotice& notice, unsigned attempt,
                     Error& error);

// Runs `act` until it returns; retries Errors marked transient by the policy.
template <class Act>
auto retrying(const RetryPolicy& policy, const Runtime& runtime, const RetryNotice& notice, Act&& act) {
  for (unsigned attempt = 1;; ++attempt) {
    try {
      return act();
    } catch (Error& error) {
      wait_or_rethrow(policy, runtime, notice, attempt, error);
    }
  }
}

// "GET https://host/path?x=REDACTED -> 200 (0.031 s)": redacted, without header values. For -v.
Transport with_trace(Transport inner, Runtime runtime, std::function<void(const std::string&)> trace);

}  // namespace lapstrake::http
