// The keys that may sign calls: the sandbox's own, and temporary ones of STS.
#pragma once
#include <lapstrake/sandbox/net/clock.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace lapstrake::sandbox {

struct AccessKey {
  std::string id, secret;
};
AccessKey new_access_key();  // "AKIA" and 16 characters; 40 characters

// Who signs with a key.
struct Principal {
  AccessKey key;
  std::string arn, user_id, role;  // role: the name of an assumed role; empty: the sandbox's user
  std::string session_token = {};
  std::optional<Time> expires = {};
};

class AccessKeys {
 public:
  AccessKeys(AccessKey key, const std::string& account);

  std::optional<Principal> find(const std::string& id) const;
  // Temporary credentials of a role.
  Principal issue(const std::string& account, const std::string& role, const std::string& role_id,
                  const std::string& session, Time expires);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Principal> principals_;
};

}  // namespace lapstrake::sandbox
