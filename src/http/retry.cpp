#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/retry.hpp>

namespace lapstrake::http {
namespace {

using std::chrono::milliseconds;

std::string seconds_text(milliseconds time) {
  const auto tenths = (time.count() + 50) / 100;
  return cat(tenths / 10, ".", tenths % 10, " s");
}

void notify(const RetryNotice& notice, const RetryPolicy& policy, unsigned attempt, std::string_view what,
            milliseconds wait) {
  if (notice)
    notice(cat("attempt ", attempt, " of ", policy.most_attempts, " failed: ", what, "; trying again in ",
               seconds_text(wait)));
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text) {
  constexpr std::chrono::sys_days latest{std::chrono::year(2200) / 12 / 31};  // the range of the clock ends in 2262
  const auto time = std::chrono::sys_seconds(std::chrono::seconds(::curl_getdate(std::string(text).c_str(), nullptr)));
  if (time.time_since_epoch().count() < 0) return std::nullopt;
  return std::min(time, std::chrono::sys_seconds(latest));
}

bool is_retryable(int status) {
  constexpr std::array statuses{408, 425, 429, 499, 500, 502, 503, 504, 522};
  return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

std::optional<milliseconds> retry_after(const Headers& headers, std::chrono::system_clock::time_point now) {
  const auto field = headers.find("Retry-After");
  if (!field) return std::nullopt;
  const auto text = trim(*field);
  if (const auto seconds = parse_integer(text)) {
    if (*seconds < 0) return std::nullopt;
    constexpr std::int64_t longest = 365LL * 24 * 3600;  // so that no sum overflows
    return std::chrono::seconds(std::min(*seconds, longest));
  }
  const auto date = parse_http_date(text);
  if (!date || *date < now) return std::nullopt;
  return std::chrono::ceil<milliseconds>(*date - now);
}

std::optional<milliseconds> delay_before_retry(const RetryPolicy& policy, unsigned attempt, double chance,
                                               std::optional<milliseconds> floor) {
  if (attempt >= policy.most_attempts || (floor && *floor > policy.most_wait)) return std::nullopt;
  const double cap = static_cast<double>(policy.most_delay.count());
  const double backoff = std::min(
      cap, std::ldexp(static_cast<double>(policy.first_delay.count()), static_cast<int>(std::min(attempt, 64u)) - 1));
  return floor.value_or(milliseconds(0)) + milliseconds(static_cast<std::int64_t>(backoff * chance));
}

void wait_or_rethrow(const RetryPolicy& policy, const Runtime& runtime, const RetryNotice& notice, unsigned attempt,
                     Error& error) {
  if (!error.is_transient()) throw;
  const auto wait = delay_before_retry(policy, attempt, runtime.random(), error.wait_floor());
  if (!wait) {
    if (attempt > 1) error.during(cat("attempt ", attempt, " of ", policy.most_attempts));
    if (error.wait_floor() && *error.wait_floor() > policy.most_wait)
      error.helped_by(cat("try again in ", seconds_text(*error.wait_floor()), ": the server requests this wait"));
    throw;
  }
  notify(notice, policy, attempt, error.line(), *wait);
  runtime.sleep(*wait);
}

Transport with_retry(Transport inner, RetryPolicy policy, Runtime runtime, RetryNotice notice) {
  return [=](const Request& request) {
    bool delivered = false;
    Request watched = request;
    if (request.sink)
      watched.sink = [&](Bytes bytes) {
        delivered = true;
        request.sink(bytes);
      };
    for (unsigned attempt = 1;; ++attempt) {
      try {
        Response response = inner(watched);
        if (!is_retryable(response.status)) return response;
        const auto floor = retry_after(response.headers, runtime.clock());
        const auto wait = delay_before_retry(policy, attempt, runtime.random(), floor);
        if (!wait) return response;
        notify(notice, policy, attempt, cat(redacted(request.url), " returned ", response.status), *wait);
        runtime.sleep(*wait);
      } catch (Error& error) {
        if (delivered) throw;
        wait_or_rethrow(policy, runtime, notice, attempt, error);
      }
    }
  };
}

Transport with_trace(Transport inner, Runtime runtime, std::function<void(const std::string&)> trace) {
  return [=](const Request& request) {
    const auto begin = runtime.clock();
    const auto report = [&](std::string_view outcome) {
      const auto time = std::chrono::duration_cast<milliseconds>(runtime.clock() - begin).count();
      const auto fraction = cat(time % 1000);
      trace(cat(request.method, " ", redacted(request.url), " -> ", outcome, " (", time / 1000, ".",
                std::string(3 - std::min<std::size_t>(3, fraction.size()), '0'), fraction, " s)"));
    };
    try {
      Response response = inner(request);
      report(cat(response.status));
      return response;
    } catch (const Error& error) {
      report(cat("no reply: ", error.summary()));
      throw;
    }
  };
}

}  // namespace lapstrake::http
