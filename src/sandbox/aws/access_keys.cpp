#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/access_keys.hpp>
#include <lapstrake/sandbox/net/message.hpp>
#include <lapstrake/sandbox/registry/permissions.hpp>

namespace lapstrake::sandbox {
namespace {

constexpr std::string_view key_capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view key_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t most_temporary_keys = 10'000;

}  // namespace

AccessKey new_access_key() { return {"AKIA" + random_text(16, key_capitals), random_text(40, key_letters)}; }

AccessKeys::AccessKeys(AccessKey key, const std::string& account) {
  principals_[key.id] = {.key = key, .arn = user_arn(account), .user_id = "AIDASANDBOXSANDBOX234", .role = {}};
}

std::optional<Principal> AccessKeys::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = principals_.find(id);
  return found == principals_.end() ? std::nullopt : std::optional(found->second);
}

Principal AccessKeys::issue(const std::string& account, const std::string& role, const std::string& role_id,
                            const std::string& session, Time expires) {
  Principal made{.key = {"ASIA" + random_text(16, key_capitals), random_text(40, key_letters)},
                 .arn = cat("arn:aws:sts::", account, ":assumed-role/", role, "/", session),
                 .user_id = cat(role_id, ":", session),
                 .role = role,
                 .session_token = random_text(400, key_letters),
                 .expires = expires};
  const std::lock_guard lock(mutex_);
  // Those that expire first go first.
  while (principals_.size() > most_temporary_keys) {
    auto oldest = principals_.end();
    for (auto entry = principals_.begin(); entry != principals_.end(); ++entry)
      if (entry->second.expires && (oldest == principals_.end() || *entry->second.expires < *oldest->second.expires))
        oldest = entry;
    principals_.erase(oldest);
  }
  principals_[made.key.id] = made;
  return made;
}

}  // namespace lapstrake::sandbox
