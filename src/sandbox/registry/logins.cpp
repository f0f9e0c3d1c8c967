#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/message.hpp>
#include <lapstrake/sandbox/registry/logins.hpp>

#include <nlohmann/json.hpp>

namespace lapstrake::sandbox {
namespace {

constexpr std::string_view base64_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view basic = "basic ", bearer = "bearer ";

}  // namespace

RegistryLogins::Login RegistryLogins::issue(const std::string& region, Time now) {
  const Time expires = now + std::chrono::hours(12);
  // The members that ECR's own passwords have; clients must not look into them.
  const nlohmann::json inside = {{"payload", random_text(1200, base64_letters)},
                                 {"datakey", random_text(240, base64_letters)},
                                 {"version", "2"},
                                 {"type", "DATA_KEY"},
                                 {"expiration", std::chrono::system_clock::to_time_t(expires)}};
  Login login{.password = base64(as_bytes(inside.dump())), .expires = expires};
  const std::lock_guard lock(mutex_);
  std::erase_if(issued_, [&](const auto& entry) { return entry.second.expires + std::chrono::hours(24) < now; });
  issued_[login.password] = {region, expires};
  return login;
}

RegistryLogins::Verdict RegistryLogins::check(const std::string& authorization, const std::string& region,
                                              Time now) const {
  if (authorization.empty()) return Verdict::absent;
  if (!lower(authorization).starts_with(basic)) return Verdict::wrong;
  const auto pair = base64_decode(trim(std::string_view(authorization).substr(basic.size())));
  if (!pair || !pair->starts_with("AWS:")) return Verdict::wrong;
  const std::lock_guard lock(mutex_);
  const auto found = issued_.find(pair->substr(4));
  if (found == issued_.end()) return Verdict::wrong;
  if (found->second.expires <= now) return Verdict::expired;
  return found->second.region == region ? Verdict::good : Verdict::other_region;
}

std::string RegistryLogins::issue_bearer(bool may_push, Time now) {
  auto token = random_text(600, base64_letters);
  const std::lock_guard lock(mutex_);
  bearers_[token] = {.may_push = may_push, .expires = now + std::chrono::hours(1)};
  return token;
}

RegistryLogins::Verdict RegistryLogins::check_bearer(const std::string& authorization, Time now, bool& may_push) const {
  if (authorization.empty()) return Verdict::absent;
  if (!lower(authorization).starts_with(bearer)) return Verdict::wrong;
  const std::lock_guard lock(mutex_);
  const auto found = bearers_.find(std::string(trim(std::string_view(authorization).substr(bearer.size()))));
  if (found == bearers_.end()) return Verdict::wrong;
  may_push = found->second.may_push;
  return found->second.expires <= now ? Verdict::expired : Verdict::good;
}

}  // namespace lapstrake::sandbox
