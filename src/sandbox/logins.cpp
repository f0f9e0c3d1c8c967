#include "logins.hpp"

#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::sandbox {
namespace {

constexpr std::string_view capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view base64_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view basic = "basic ";

}  // namespace

AccessKey new_access_key() { return {"AKIA" + random_text(16, capitals), random_text(40, base64_letters)}; }

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

RegistryLogins::Verdict RegistryLogins::judge(const std::string& authorization, const std::string& region,
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

}  // namespace lapstrake::sandbox
