#include <algorithm>
#include <lapstrake/registry/rate_limiter.hpp>

namespace lapstrake::registry {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds least_spacing{100}, most_spacing{4000}, no_spacing{25};
constexpr milliseconds first_closing{500}, most_closing{30'000};
constexpr unsigned most_failures = 12;  // consecutive: twice the attempts of one thread
// A load balancer that restarts refuses all connections for a while.
constexpr std::chrono::seconds least_outage{30};
constexpr std::chrono::minutes memory{1};
constexpr unsigned most_rounds = 20;  // so that a clock that does not advance cannot block for ever

}  // namespace

// When the clock was set back, all times move back with it, so that nothing waits for hours.
RateLimiter::Host::Time RateLimiter::time_for(Host& state, const Runtime& runtime) {
  const auto now = runtime.clock();
  if (now < state.seen)
    for (auto* time : {&state.opens, &state.next, &state.first_failure, &state.last_failure}) *time -= state.seen - now;
  return state.seen = now;
}

RateLimiter::Ticket RateLimiter::wait(const std::string& host, const Runtime& runtime) {
  std::unique_lock lock(mutex_);
  auto& state = hosts_[host];  // never erased, and std::map keeps references valid
  for (unsigned round = 0; round < most_rounds; ++round) {
    const auto now = time_for(state, runtime);
    const auto slot = std::max({now, state.opens, state.next});
    if (state.spacing > milliseconds(0)) state.next = slot + state.spacing;
    const auto wait = std::chrono::ceil<milliseconds>(slot - now);
    if (wait <= milliseconds(0)) break;
    lock.unlock();
    runtime.sleep(wait);
    lock.lock();
    if (state.opens <= time_for(state, runtime)) break;  // else the host answered 429 meanwhile, and the slot is void
  }
  return ++state.issued;
}

void RateLimiter::succeeded(const std::string& host, Ticket ticket) {
  const std::lock_guard lock(mutex_);
  auto& state = hosts_[host];
  state.failures = 0;
  if (ticket <= state.slowed) return;
  state.throttles = 0;
  state.spacing -= state.spacing / 8;
  if (state.spacing < no_spacing) {
    state.spacing = milliseconds(0);
    state.next = {};
  }
}

void RateLimiter::throttled(const std::string& host, Ticket ticket, const Runtime& runtime,
                            std::optional<milliseconds> floor) {
  const std::lock_guard lock(mutex_);
  auto& state = hosts_[host];
  const auto now = time_for(state, runtime);
  if (floor) state.opens = std::max(state.opens, now + *floor);
  if (ticket <= state.slowed) return;
  state.slowed = state.issued;
  const auto closing = std::min(most_closing, first_closing * (1u << std::min(state.throttles++, 10u)));
  state.opens = std::max(state.opens, now + closing);
  state.spacing = std::clamp(state.spacing * 2, least_spacing, most_spacing);
}

bool RateLimiter::failed(const std::string& host, const Runtime& runtime) {
  const std::lock_guard lock(mutex_);
  auto& state = hosts_[host];
  const auto now = time_for(state, runtime);
  if (now - state.last_failure > memory) state.failures = 0;
  if (state.failures == 0) state.first_failure = now;
  state.last_failure = now;
  return ++state.failures < most_failures || now - state.first_failure < least_outage;
}

}  // namespace lapstrake::registry
