#include "authorizer.hpp"

#include <algorithm>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/untrusted_address.hpp>
#include <nlohmann/json.hpp>

#include "error_response.hpp"

namespace lapstrake::registry {
namespace {

constexpr std::size_t most_token_reply = 1u << 20;

const Challenge* find(const std::vector<Challenge>& challenges, std::string_view scheme) {
  for (const auto& challenge : challenges)
    if (challenge.scheme == scheme) return &challenge;
  return nullptr;
}

// Prefers Basic to a Bearer challenge without a realm, which is useless.
const Challenge* find_bearer(const std::vector<Challenge>& challenges) {
  for (const auto& challenge : challenges)
    if (challenge.scheme == "bearer" && !challenge.parameter("realm").empty()) return &challenge;
  return find(challenges, "basic") == nullptr ? find(challenges, "bearer") : nullptr;
}

bool is_token_text(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

Authorizer::Authorizer(const ClientOptions& options, http::Transport send, std::string host, std::string repository)
    : options_(options), send_(std::move(send)), host_(std::move(host)), repository_(std::move(repository)) {}

std::optional<std::string> Authorizer::header(const http::Url& origin, Access access) {
  const std::lock_guard lock(mutex_);
  if (basic_works_ || (login() && login_->preemptive)) return basic();
  if (bearer_ && login_ && login_->registry_token) return registry_token();
  if (!bearer_) return std::nullopt;
  // A token for pushes is also valid for pulls.
  for (const auto candidate : {Access::push, access})
    if (auto token = live_token(scope_for(candidate))) return token;
  return fetch_token(origin, scope_for(access));
}

std::optional<std::string> Authorizer::known_header(Access access) {
  const std::lock_guard lock(mutex_);
  if (basic_works_ || (login_ && login_->preemptive)) return basic();
  if (!bearer_) return std::nullopt;
  if (login_ && login_->registry_token) return registry_token();
  return live_token(scope_for(access));
}

std::optional<std::string> Authorizer::answer(const http::Url& origin, const http::Response& reply, Access access,
                                              const std::optional<std::string>& used) {
  const std::lock_guard lock(mutex_);
  const auto challenges = challenges_of(reply.headers);
  if (const auto* bearer = find_bearer(challenges)) {
    bearer_ = *bearer;
    peer_ = reply.peer;
    basic_works_ = false;
    if (login() && login_->registry_token) {  // it cannot be renewed
      auto token = registry_token();
      return token != used ? std::optional(std::move(token)) : std::nullopt;
    }
    // A scope that differs from our own (a mount, or another name of the same repository).
    const auto asked = bearer->parameter("scope");
    const bool is_narrow = bearer->parameter("error") == "insufficient_scope" && !asked.empty();
    if (!is_narrow) std::erase_if(tokens_, [&](const auto& token) { return token.second.header == used; });
    const auto scope = is_narrow ? remember(access, asked) : scope_for(access);
    // Another thread may have fetched a token meanwhile.
    if (auto token = live_token(scope); token && token != used) return token;
    return fetch_token(origin, scope);
  }
  if (find(challenges, "basic") == nullptr) return std::nullopt;
  if (const auto current = basic(); current && current != used) {
    basic_works_ = true;
    return current;
  }
  if (!used) return std::nullopt;
  renew_login();
  const auto fresh = basic();
  return fresh != used ? fresh : std::nullopt;
}

std::optional<std::string> Authorizer::renewed(const http::Url& origin, Access access,
                                               const std::optional<std::string>& used) {
  const std::lock_guard lock(mutex_);
  if (!used || (login() && login_->registry_token)) return std::nullopt;
  if (used == unconfirmed_) return std::nullopt;
  if (used->starts_with("Bearer ")) {
    if (auto token = live_token(scope_for(access)); token && token != used) return token;
    tokens_.clear();
    if (!bearer_) return std::nullopt;
    return unconfirmed_ = fetch_token(origin, scope_for(access));
  }
  if (const auto current = basic(); current && current != used) return current;
  renew_login();
  const auto fresh = basic();
  unconfirmed_ = fresh.value_or("");
  return fresh != used ? fresh : std::nullopt;
}

void Authorizer::accepted(const std::string& used) {
  const std::lock_guard lock(mutex_);
  if (used == unconfirmed_) unconfirmed_.clear();
}

bool Authorizer::may_log_in() {
  const std::lock_guard lock(mutex_);
  return login().has_value();
}

LoginUse Authorizer::login_use() const {
  const std::lock_guard lock(mutex_);
  if (!login_) return {};
  const auto user = login_->username.empty() ? "" : cat(" (user `", printable(login_->username, 128), "`)");
  return {.source = cat(login_->source, user), .was_sent = sent_};
}

const std::optional<Login>& Authorizer::login() {
  if (!asked_) {
    if (options_.keychain) login_ = options_.keychain(host_, false);
    asked_ = true;
    if (options_.log) options_.log(login_ ? cat("login to ", host_, ": ", login_->source) : cat("no login to ", host_));
  }
  return login_;
}

void Authorizer::renew_login() {
  if (options_.keychain) login_ = options_.keychain(host_, true);
  asked_ = true;
  tokens_.clear();
  if (options_.log)
    options_.log(login_ ? cat("login to ", host_, " renewed: ", login_->source) : cat("no login to ", host_));
}

std::optional<std::string> Authorizer::basic() {
  if (!login() || login_->identity_token || login_->registry_token) return std::nullopt;
  sent_ = true;
  return cat("Basic ", base64(as_bytes(cat(login_->username, ":", login_->password))));
}

std::string Authorizer::registry_token() {
  if (!is_token_text(login_->password))
    throw Error(ErrorKind::access,
                cat("the token in ", login_->source, " for `", host_, "` contains invalid characters"),
                cat("log in again: `docker login ", host_, "`"));
  sent_ = true;
  return cat("Bearer ", login_->password);
}

std::optional<std::string> Authorizer::live_token(const std::string& scope) const {
  const auto found = tokens_.find(scope);
  if (found == tokens_.end() || found->second.expires <= options_.runtime.clock()) return std::nullopt;
  return found->second.header;
}

// distribution: docs/spec/auth/scope.md
std::string Authorizer::scope_for(Access access) const {
  const auto kind = access == Access::mount ? Access::push : access;
  if (const auto asked = scopes_.find(kind); asked != scopes_.end()) return asked->second;
  return cat("repository:", repository_, kind == Access::pull ? ":pull" : ":pull,push");
}

// Some registries use another name for a repository and reject tokens for our name. Remembering the requested scope
// avoids a rejected request each time. A scope that does not allow a push is used for this request only.
const std::string& Authorizer::remember(Access access, const std::string& scope) {
  const bool has_push = scope.find("push", std::min(scope.rfind(':'), scope.size())) != scope.npos;
  if (access == Access::pull || (access == Access::push && has_push)) scopes_[access] = scope;
  return scope;
}

std::string Authorizer::fetch_token(const http::Url& origin, const std::string& scope) {
  const auto realm_text = bearer_->parameter("realm");
  for (bool renew = false;; renew = true) {
    const bool has_login = login().has_value();
    const auto realm = checked_realm(realm_text, origin, host_, has_login, options_.trusted_realm, peer_);
    auto request = token_request(realm, scope);
    // A token server that is neither the registry's own host nor trusted by the spec must not be at a local address.
    // Known pairs may be in a private network, which may run its own servers under these names.
    const bool is_trusted = options_.trusted_realm && options_.trusted_realm(host_, realm);
    if (realm.host != origin.host && !is_trusted)
      request.max_address_kind = http::max_kind_named_by(
          origin, peer_, is_known_pair(host_, realm) ? http::AddressKind::private_network : http::AddressKind::global);
    const auto response = send_(request);
    if (response.status == 200) {
      auto token = read_token(response);
      auto text = token.header;
      tokens_[scope] = std::move(token);
      return text;
    }
    if (response.status == 401 && has_login && !renew) {
      const auto before = login_;
      renew_login();
      if (login_ && login_->password != before->password) continue;
      login_ = before;
    }
    if (response.status >= 300 && response.status < 400)
      throw Error(ErrorKind::access,
                  cat("the token server of `", host_, "` redirects to another address; refusing to follow"),
                  "check the registry's address");
    const LoginUse use{.source = login_ ? login_->source : std::string(), .was_sent = true};
    throw response_error(response, cat("the token server of `", host_, "` (", realm.authority(), ") rejects the login"),
                         host_, use);
  }
}

http::Request Authorizer::token_request(const http::Url& realm, const std::string& scope) {
  http::Request request{.url = realm, .most_reply = most_token_reply};
  const auto service = bearer_->parameter("service");
  if (login_ && login_->identity_token) {  // distribution: docs/spec/auth/oauth.md
    sent_ = true;
    request.method = "POST";
    request.headers.set("Content-Type", "application/x-www-form-urlencoded");
    request.body =
        cat("grant_type=refresh_token&service=", percent_encode(service),
            "&client_id=lapstrake&scope=", percent_encode(scope), "&refresh_token=", percent_encode(login_->password));
    return request;
  }
  if (!service.empty()) request.url = with_query(request.url, "service", service);
  request.url = with_query(request.url, "scope", scope);
  if (const auto header = basic()) request.headers.set("Authorization", *header);
  return request;
}

Authorizer::Token Authorizer::read_token(const http::Response& response) const {
  const auto unusable = [&](std::string_view why) {
    return Error(ErrorKind::access, cat("the token server of `", host_, "` returned no valid token: ", why));
  };
  std::string text;
  double life = 60;  // docs/spec/auth/token.md: the default
  try {
    const auto document = parse_json(response.body, "its reply", {.most_bytes = most_token_reply});
    if (!document.is_object()) throw unusable("the reply is not a JSON object");
    for (const char* name : {"token", "access_token", "refresh_token", "id_token"})
      if (document.contains(name) && document[name].is_string())
        options_.runtime.secrets->learn(document[name].get_ref<const std::string&>());
    for (const char* name : {"token", "access_token"})
      if (text.empty() && document.contains(name) && document[name].is_string())
        text = document[name].get<std::string>();
    if (const auto said = document.find("expires_in"); said != document.end() && said->is_number())
      life = std::clamp(said->get<double>(), 0.0, 86'400.0);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::access) throw;
    throw unusable("the reply is not valid JSON");
  }
  if (!is_token_text(text)) throw unusable("the reply has no valid token");
  const auto margin =
      std::chrono::milliseconds(static_cast<std::int64_t>(life * 900));  // renew at 90 % of the lifetime
  return {cat("Bearer ", text), options_.runtime.clock() + margin};
}

}  // namespace lapstrake::registry
