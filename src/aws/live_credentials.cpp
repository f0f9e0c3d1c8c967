#include <lapstrake/aws/live_credentials.hpp>

#include <algorithm>

namespace lapstrake::aws {
namespace {

using namespace std::chrono_literals;
constexpr auto try_before = 15min, must_before = 10min;  // botocore's
constexpr auto pause_after_failure = 30s;

}  // namespace

LiveCredentials::LiveCredentials(Clock clock, Find find, std::optional<Credentials> first)
    : clock_(std::move(clock)), find_(std::move(find)) {
  if (first) take(*std::move(first));
}

Credentials LiveCredentials::current() {
  const std::lock_guard lock(mutex_);
  const auto now = clock_();
  if (known_ && now < try_at_) return *known_;
  try {
    return searched();
  } catch (const Error&) {
    if (!known_ || now >= must_at_) throw;
    return *known_;
  }
}

Credentials LiveCredentials::instead_of(const Credentials& refused) {
  const std::lock_guard lock(mutex_);
  if (known_ && !are_same_keys(*known_, refused)) return *known_;
  return searched();
}

Credentials LiveCredentials::searched() {
  const auto now = clock_();
  if (failure_ && now - failed_at_ < pause_after_failure) throw *failure_;
  try {
    take(find_());
  } catch (const Error& error) {
    failure_ = error;
    failed_at_ = now;
    throw;
  }
  failure_.reset();
  return *known_;
}

void LiveCredentials::take(Credentials found) {
  const auto now = clock_();
  const auto end = found.expires.value_or(Time::max());
  known_ = std::move(found);
  if (end == Time::max()) {
    try_at_ = must_at_ = end;
  } else if (end <= now) {
    // An instance's metadata service hands out expired credentials while it cannot renew them, and AWS accepts them.
    try_at_ = must_at_ = now + must_before;
  } else {
    const auto life = end - now;
    try_at_ = std::max(end - try_before, now + life / 2);
    must_at_ = std::max(end - must_before, now + life * 2 / 3);
  }
}

}  // namespace lapstrake::aws
