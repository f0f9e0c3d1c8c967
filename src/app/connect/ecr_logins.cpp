#include <lapstrake/app/connect/ecr_logins.hpp>

#include <lapstrake/base/error.hpp>

namespace lapstrake::app {

EcrLogins::Login EcrLogins::login(const std::string& key, bool renew, const Fetch& fetch) {
  const std::lock_guard lock(mutex_);
  const auto known = kept_.find(key);
  const auto now = clock_();
  if (known != kept_.end() && !renew && now < known->second.half) return known->second.login;
  try {
    auto fresh = fetch();
    // A time that has passed already (moto's) or none says nothing: then it is good until it is refused.
    const auto end = fresh.token.expires > now ? fresh.token.expires : std::chrono::system_clock::time_point::max();
    const auto half = fresh.token.expires > now ? now + (end - now) / 2 : end;
    return (kept_[key] = {std::move(fresh), half, end}).login;
  } catch (const Error& error) {
    if (renew || known == kept_.end() || now >= known->second.end) throw;
    return known->second.login;
  }
}

}  // namespace lapstrake::app
