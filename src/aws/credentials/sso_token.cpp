#include "sso_token.hpp"

#include <openssl/sha.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "expiry.hpp"
#include "key_reply.hpp"

namespace lapstrake::aws {
namespace {

std::string sha1_hex(std::string_view text) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> sum;
  ::SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), sum.data());
  return hex(std::as_bytes(std::span(sum)));
}

}  // namespace

void sso_login_needed(const std::string& profile, std::string_view why) {
  throw Error(ErrorKind::access, cat("profile `", profile, "` cannot be used: ", why),
              cat("run `aws sso login --profile ", profile, "`"))
      .with_code(ErrorCode::unusable_profile);
}

std::string cached_sso_token(const Runtime& runtime, const std::string& key, const std::string& profile) {
  const auto path = cat(runtime.environment("HOME").value_or(""), "/.aws/sso/cache/", sha1_hex(key), ".json");
  std::ifstream in(path, std::ios::binary);
  if (!in && errno == ENOENT) sso_login_needed(profile, "there is no SSO login");
  if (!in) sso_login_needed(profile, cat("the SSO login cannot be read: ", reason(errno)));
  std::string text;
  try {
    text.assign(std::istreambuf_iterator<char>(in), {});
  } catch (const std::ios_base::failure&) {  // a folder can be opened, but not read
  }
  nlohmann::json cached;
  try {
    cached = parse_key_reply(text, "the cached SSO login");
  } catch (const Error&) {
    sso_login_needed(profile, "the cached SSO login cannot be parsed");
  }
  for (const auto* secret : {"accessToken", "refreshToken", "clientSecret"})
    runtime.secrets->learn(text_of(cached, secret));
  const auto token = text_of(cached, "accessToken");
  const auto expires = parse_expiry(text_of(cached, "expiresAt"));
  if (token.empty() || token.find_first_of(std::string_view("\r\n\0", 3)) != token.npos || !expires)
    sso_login_needed(profile, "the cached SSO login is incomplete");
  if (*expires <= runtime.clock()) sso_login_needed(profile, cat("its SSO login expired at ", expiry_text(*expires)));
  return token;
}

}  // namespace lapstrake::aws
