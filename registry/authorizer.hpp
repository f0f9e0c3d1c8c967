// Answers a registry's challenges: which Authorization header goes with which request to one host.
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

// A mount is a push whose scope is for this request alone: it names another repository too.
enum class Access { pull, push, mount };

// Safe to use from several threads; those that need a token while one is fetched wait for it.
class Authorizer {
 public:
  // `send` sends once, and adds no credentials: what is transient is for the caller's next attempt. `host` is the one
  // that people write
  // ("docker.io").
  Authorizer(const ClientOptions& options, http::Transport send, std::string host, std::string repository);

  // The header's value to send, if one is known before a challenge: a login that is `preemptive`, a token that is still
  // good.
  std::optional<std::string> header(const http::Url& origin, Access access);
  // The same, if it can be told without asking anyone.
  std::optional<std::string> known_header(Access access);
  // After a 401 to a request that was sent with `used`: another value to try once; nothing when there is none.
  // Error{access} when the token server refuses the login or must not be given it.
  std::optional<std::string> answer(const http::Url& origin, const http::Response& reply, Access access,
                                    const std::optional<std::string>& used);
  // The token of `used` is said to have expired: another value, of a login asked for anew.
  // Once, until a request with the new login succeeded: what goes on to say so means something else.
  std::optional<std::string> renewed(const http::Url& origin, Access access, const std::optional<std::string>& used);
  // A request that was sent with `used` succeeded.
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
  std::optional<Challenge> bearer_;  // the last one: realm and service
  bool basic_works_ = false;
  bool sent_ = false;                      // the login, to the registry or to its token server
  std::optional<http::AddressKind> peer_;  // where the registry was when it gave `bearer_`
  std::string unconfirmed_;                // what was renewed last, until a request with it succeeds
  std::map<std::string, Token> tokens_;    // by scope
  std::map<Access, std::string> scopes_;   // that the registry asked for in place of our own
};

}  // namespace lapstrake::registry
