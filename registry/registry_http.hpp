// HTTP requests to one repository of a registry: base URL, authentication, redirects, rate limit, and the Errors of
// error replies. The callers interpret all other replies.
#pragma once
#include <lapstrake/base/error.hpp>
#include <lapstrake/http/message.hpp>
#include <lapstrake/http/retry.hpp>
#include <lapstrake/registry/client.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "authorizer.hpp"

namespace lapstrake::registry {

enum class Redirects { follow, keep };
// How often a request may be sent. Use `one` inside an operation that is itself retried.
enum class Tries { one, by_policy };

class RegistryHttp {
 public:
  RegistryHttp(ClientOptions options, std::string host, std::string repository);

  const ClientOptions& options() const { return options_; }
  const std::string& host() const { return host_; }
  const std::string& repository() const { return repository_; }
  std::string name() const { return host_ + "/" + repository_; }

  // "https://HOST/v2/REPOSITORY/" + rest. A loopback or insecure host is probed once, without secrets, for https, then
  // http.
  http::Url url(std::string_view rest);

  // One attempt: adds the login, answers one challenge, follows redirects of GET and HEAD. A HEAD with an error status
  // is repeated as GET, because only a GET has an error message. Throws Error{network}, transient, for retryable
  // statuses (with the code `throttled` after a 429 or with a Retry-After); returns all other statuses. A file that was
  // sent with an expired login is not sent again in this attempt, because its upload session may be broken:
  // Error{access}, transient, after the login was renewed.
  http::Response attempt(http::Request request, Access access, Redirects redirects = Redirects::follow);
  // The same with retries by the policy; for requests that may be sent twice.
  http::Response send(const http::Request& request, Access access, Redirects redirects = Redirects::follow,
                      Tries tries = Tries::by_policy);
  // Calls `act` until it returns, by the policy.
  template <class Act>
  auto retrying(Act&& act) const {
    return http::retrying(options_.policy, options_.runtime, options_.notice, act);
  }

  // Sends the request once with the known login, ignoring the rate limit. Reports no failure.
  void send_cancel(http::Request request) noexcept;

  // Secrets are sent to this origin only.
  bool is_own(const http::Url& url) { return url.origin() == base().origin(); }
  // The Error for an error reply; recognises a missing repository.
  Error error_of(const http::Response& response, std::string what);

 private:
  const http::Url& base();
  http::Url probe() const;
  http::Response authorized(http::Request& request, Access access);
  // Some registries answer 403 or 404 to anonymous requests and send a challenge only at /v2/. Requests it once, if
  // there is a login. Returns the Authorization header to use; nothing when there was no challenge.
  std::optional<std::string> login_from_root(const http::Url& origin, Access access);
  http::Response resend(const http::Request& request, const std::optional<std::string>& authorization,
                        const http::Response& refused);
  http::Response send_once(const http::Request& request, const std::optional<std::string>& authorization);
  http::Response follow_redirects(http::Request request, http::Response response);
  http::Response with_error_body(const http::Request& request, http::Response response,
                                 const std::optional<std::string>& authorization);
  http::Response send_limited(const http::Request& request);
  void refuse_retryable(const http::Request& request, const http::Response& response, RateLimiter::Ticket ticket);

  const ClientOptions options_;
  const std::string host_, repository_;
  std::shared_ptr<RateLimiter> rate_limiter_;
  Authorizer authorizer_;
  std::mutex mutex_;
  std::optional<http::Url> base_;
  std::mutex root_mutex_;
  bool root_asked_ = false;
};

}  // namespace lapstrake::registry
