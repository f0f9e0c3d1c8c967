#include <algorithm>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/secrets.hpp>

namespace lapstrake::http {
namespace {

void learn_both(Redactor& secrets, std::string_view value) {
  secrets.learn(value);
  secrets.learn(percent_decode(value));
}

// Excludes digests and short words, which must not be redacted.
bool may_be_secret(std::string_view value) {
  constexpr std::size_t least = 8;
  const auto hex = value.starts_with("sha256:") ? value.substr(7) : value;
  const bool is_digest = hex.size() == 64 && hex.find_first_not_of("0123456789abcdef") == hex.npos;
  return value.size() >= least && !(is_digest && hex.size() < value.size());
}

// Parameter names of S3, GCS, Azure, CloudFront, Cloudflare, Alibaba's OSS and docker's registry.
bool is_secret(std::string_view name) {
  const auto small = lower(name);
  static constexpr std::string_view whole[] = {"sig", "key", "code", "sid", "verify", "upload_id"};
  static constexpr std::string_view part[] = {"signature", "token",  "credential", "secret",   "state",
                                              "passw",     "policy", "auth",       "session",  "jwt",
                                              "hmac",      "ticket", "access",     "assertion"};
  return std::ranges::find(whole, small) != std::end(whole) ||
         std::ranges::any_of(part, [&](auto one) { return small.find(one) != small.npos; });
}

std::string_view query_of(std::string_view address) {
  const auto mark = address.find('?');
  return mark == address.npos ? std::string_view{} : address.substr(mark + 1);
}

// `user:password`
void learn_user(Redactor& secrets, std::string_view login) {
  const auto colon = login.find(':');
  if (colon == login.npos) return;
  const auto user = login.substr(0, colon), password = login.substr(colon + 1);
  secrets.learn_login(user, password);
  secrets.learn_login(percent_decode(user), percent_decode(password));
}

std::string_view without_scheme(std::string_view address) {
  if (const auto scheme = address.find(":/"); scheme != address.npos && address.find('@') > scheme)
    address.remove_prefix(scheme + 1);
  return address.substr(std::min(address.find_first_not_of('/'), address.size()));
}

// "Basic ...", "Bearer ..." and other schemes with one word. AWS signatures are valid for one request only.
void learn_authorization(Redactor& secrets, std::string_view value) {
  const auto space = value.find(' ');
  const auto word = trim(value.substr(space == value.npos ? 0 : space + 1));
  if (word.find(' ') != word.npos) return;
  secrets.learn(word);
  if (lower(value.substr(0, std::min(space, value.size()))) != "basic") return;
  if (const auto login = base64_decode(word)) learn_user(secrets, *login);
}

}  // namespace

void learn_address(Redactor& secrets, std::string_view address) {
  const auto query = query_of(address);
  for (const auto& field : split(query.substr(0, query.find('#')), '&')) {
    const auto equals = field.find('=');
    if (equals == field.npos || !is_secret(percent_decode(field.substr(0, equals)))) continue;
    const auto value = std::string_view(field).substr(equals + 1);
    if (may_be_secret(percent_decode(value))) learn_both(secrets, value);
  }
  const auto rest = without_scheme(address);
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  if (const auto at = authority.rfind('@'); at != authority.npos) learn_user(secrets, authority.substr(0, at));
}

void learn_proxy(Redactor& secrets, std::string_view address) {
  const auto rest = without_scheme(address);
  for (auto at = rest.find('@'); at != rest.npos; at = rest.find('@', at + 1)) {
    learn_user(secrets, rest.substr(0, at));
    learn_both(secrets, rest.substr(0, at));
  }
  for (const auto& field : split(query_of(rest), '&')) {
    const auto equals = field.find('=');
    learn_both(secrets, std::string_view(field).substr(equals == field.npos ? 0 : equals + 1));
  }
}

Transport with_learnt_secrets(Transport inner, std::shared_ptr<Redactor> secrets) {
  return [inner = std::move(inner), secrets = std::move(secrets)](const Request& request) {
    for (const auto& [name, value] : request.headers) {
      const auto small = lower(name);
      if (small == "authorization" || small == "proxy-authorization") learn_authorization(*secrets, value);
      if (small == "x-amz-security-token" || small == "cookie") secrets->learn(value);
    }
    learn_address(*secrets, cat("?", request.url.query));
    auto response = inner(request);
    if (const auto location = response.headers.find("Location")) learn_address(*secrets, *location);
    return response;
  };
}

}  // namespace lapstrake::http
