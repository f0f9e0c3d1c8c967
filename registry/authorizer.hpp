// Answers a registry's challenges: selects the Authorization header for each request to one host.
#pragma once
#include <lapstrake/http/message.hpp>
#include <lapstrake/registry/client.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "challenge.hpp"
#include "error_response.hpp"

namespace lapstrake::registry {

// A mount needs a scope for this request only, which includes the source repository.
enum class Access { pull, push, mount };

// Safe to use from several threads; while one fetches a token, the others wait for it.
class Authorizer {
 public:
  // `send` sends once and adds no credentials; a transient error is left to the caller's next attempt. `host` as users
  // write it ("docker.io").
  Authorizer(const ClientOptions& options, http::Transport send, std::string host, std::string repository);

  // The header's value to send before any challenge, if known: a `preemptive` login or a valid token.
  std::optional<std::string> header(const http::Url& origin, Access access);
  // The same, without any request.
  std::optional<std::string> known_header(Access access);
  // After a 401 to a request with the header `used`: another value to try once; nothing when there is none.
  // Error{access} when the token server rejects the login or is not trusted with it.
  std::optional<std::string> answer(const http::Url& origin, const http::Response& reply, Access access,
                                    const std::optional<std::string>& used);
  // The registry reports the token in `used` as expired: another value, from a renewed login. Renews only once until a
  // request with the new login succeeds, because a second report has another cause.
  std::optional<std::string> renewed(const http::Url& origin, Access access, const std::optional<std::string>& used);
  // A request with the header `used` succeeded.
  void accepted(const std::string& used);

  bool may_log_in();
  LoginUse login_use() const;

 private:
  struct Token {
    std::string header;
    std::chrono::system_clock::time_point expires;
  };
  const std::optional<Login>& login();
  void renew_login();
  std::optional<std::string> basic();
  std::string registry_token();
  std::optional<std::string> live_token(const std::string& scope) const;
  std::string fetch_token(const http::Url& origin, const std::string& scope);
  http::Request token_request(const http::Url& realm, const std::string& scope);
  Token read_token(const http::Response& response) const;
  std::string scope_for(Access access) const;
  const std::string& remember(Access access, const std::string& scope);

  const ClientOptions& options_;
  http::Transport send_;
  std::string host_, repository_;
  mutable std::mutex mutex_;
  bool asked_ = false;
  std::optional<Login> login_;
  std::optional<Challenge> bearer_;  // the last challenge: realm and service
  bool basic_works_ = false;
  bool sent_ = false;                      // the login was sent to the registry or its token server
  std::optional<http::AddressKind> peer_;  // the address kind of the registry that sent `bearer_`
  std::string unconfirmed_;                // the last renewed value, until a request with it succeeds
  std::map<std::string, Token> tokens_;    // by scope
  std::map<Access, std::string> scopes_;   // requested by the registry, instead of our own
};

}  // namespace lapstrake::registry
