#include <algorithm>
#include <lapstrake/registry/pace.hpp>

namespace lapstrake::registry {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds least_spacing{100}, most_spacing{4000}, no_spacing{25};
constexpr milliseconds first_closing{500}, most_closing{30'000};
constexpr unsigned most_failures = 12;  // in a row: twice what one thread alone would try
// A load balancer that starts again refuses everything for a while, to all threads at once.
constexpr std::chrono::seconds least_outage{30};
constexpr std::chrono::minutes memory{1};
constexpr unsigned most_rounds = 20;  // a clock that stands still holds nobody for ever

}  // namespace

// The world's clock may be set back meanwhile: what was to come moves along, so that nobody waits for hours.
Pace::Host::Time Pace::time_for(Host& state, const World& world) {
  const auto now = world.clock();
  if (now < state.seen)
    for (auto* time : {&state.opens, &state.next, &state.first_failure, &state.last_failure}) *time -= state.seen - now;
  return state.seen = now;
}

Pace::Turn Pace::wait(const std::string& host, const World& world) {
  std::unique_lock lock(mutex_);
  auto& state = hosts_[host];  // never erased, and a map's places stay
  for (unsigned round = 0; round < most_rounds; ++round) {
    const auto now = time_for(state, world);
    const auto slot = std::max({now, state.opens, state.next});
    if (state.spacing > milliseconds(0)) state.next = slot + state.spacing;
    const auto wait = std::chrono::ceil<milliseconds>(slot - now);
    if (wait <= milliseconds(0)) break;
    lock.unlock();
    world.sleep(wait);
    lock.lock();
    if (state.opens <= time_for(state, world)) break;  // else the host said "too many" meanwhile, and the slot is void
  }
  return ++state.issued;
}

void Pace::succeeded(const std::string& host, Turn turn) {
  const std::lock_guard lock(mutex_);
  auto& state = hosts_[host];
  state.failures = 0;
  if (turn <= state.slowed) return;
  state.strikes = 0;
  state.spacing -= state.spacing / 8;
  if (state.spacing < no_spacing) {
    state.spacing = milliseconds(0);
    state.next = {};
  }
}

void Pace::throttled(const std::string& host, Turn turn, const World& world, std::optional<milliseconds> floor) {
  const std::lock_guard lock(mutex_);
  auto& state = hosts_[host];
  const auto now = time_for(state, world);
  if (floor) state.opens = std::max(state.opens, now + *floor);
  if (turn <= state.slowed) return;
  state.slowed = state.issued;
  const auto closing = std::min(most_closing, first_closing * (1u << std::min(state.strikes++, 10u)));
  state.opens = std::max(state.opens, now + closing);
  state.spacing = std::clamp(state.spacing * 2, least_spacing, most_spacing);
}

bool Pace::failed(const std::string& host, const World& world) {
  const std::lock_guard lock(mutex_);
  auto& state = hosts_[host];
  const auto now = time_for(state, world);
  if (now - state.last_failure > memory) state.failures = 0;
  if (state.failures == 0) state.first_failure = now;
  state.last_failure = now;
  return ++state.failures < most_failures || now - state.first_failure < least_outage;
}

}  // namespace lapstrake::registry
