// AWS credentials and where they came from; aws/credentials finds them.
#pragma once
#include <chrono>
#include <optional>
#include <string>

namespace lapstrake::aws {

enum class CredentialSource { environment, web_identity, keys, role, sso, process, container, instance };

struct Credentials {
  std::string access_key_id, secret_access_key;
  std::string session_token;  // empty when there is none
  std::string source;         // "AWS_ACCESS_KEY_ID in the environment", "profile `ci` of ~/.aws/credentials": for -v
  CredentialSource kind = CredentialSource::keys;
  std::optional<std::chrono::system_clock::time_point> expires = std::nullopt;
};

// Whether both are the same key and token, wherever they came from.
inline bool are_same_keys(const Credentials& one, const Credentials& other) {
  return one.access_key_id == other.access_key_id && one.secret_access_key == other.secret_access_key &&
         one.session_token == other.session_token;
}

}  // namespace lapstrake::aws
