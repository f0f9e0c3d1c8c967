// Requests to one registry: its address, its logins, its redirects, its pace. What a reply means is for others to say.
#pragma once
#include <lapstrake/base/error.hpp>
#include <lapstrake/http/message.hpp>
#include <lapstrake/registry/client.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "authorizer.hpp"

namespace lapstrake::registry {

enum class Redirects { follow, keep };
// How often a request may be sent: inside of what is itself tried again, once.
enum class Tries { one, as_the_policy_says };

// A 429, or another reply that asks for a wait: nothing is wrong with the request, nor with the way it took.
class Throttled : public Error {
 public:
  using Error::Error;
};

// The same failure, not to be tried again.
Error for_good(const Error& error);

class Exchange {
 public:
  Exchange(const ClientOptions& options, const std::string& host, const std::string& repository);

  // "https://HOST" + path. A loopback or insecure host is asked once, without secrets, which of https and http it
  // speaks.
  http::Url url(const std::string& path);

  // One attempt: adds the login, answers one challenge, follows the redirects of GET and HEAD. A HEAD that is refused
  // is repeated as GET, since only that has a message. Error{network}, transient, for statuses that may heal; all other
  // statuses are returned. A file that was sent with a login that had run out is not sent again, since its session may
  // be spoilt: Error{access}, transient, once there is another login.
  http::Response attempt(http::Request request, Access access, Redirects redirects = Redirects::follow);
  // The same, tried again by the policy; for requests that may be sent twice.
  http::Response send(const http::Request& request, Access access, Redirects redirects = Redirects::follow,
                      Tries tries = Tries::as_the_policy_says);

  // Sends it once, with the login that is known by now, past the pace. Returns soon, and no failure is told.
  void send_cancel(http::Request request) noexcept;

  // Secrets go to this origin only.
  bool is_own(const http::Url& url) { return url.origin() == base().origin(); }
  LoginUse login_use() const { return authorizer_.login_use(); }

 private:
  const http::Url& base();
  http::Url probe() const;
  http::Response authorized(http::Request& request, Access access);
  // Some registries hide from strangers (403, 404) and challenge at /v2/ alone: asked once, with a login at hand. What
  // to send then; nothing when that says nothing.
  std::optional<std::string> login_from_root(const http::Url& origin, Access access);
  http::Response again(const http::Request& request, const std::optional<std::string>& authorization,
                       const http::Response& refused);
  http::Response once(const http::Request& request, const std::optional<std::string>& authorization);
  http::Response followed(http::Request request, http::Response response);
  http::Response explained(const http::Request& request, http::Response response,
                           const std::optional<std::string>& authorization);
  http::Response rate_limited(const http::Request& request);
  void refuse_retryable(const http::Request& request, const http::Response& response, RateLimiter::Ticket ticket);
  [[noreturn]] void lose(Error& error, const http::Url& url);

  const ClientOptions& options_;
  std::string host_;
  std::shared_ptr<RateLimiter> rate_limiter_;
  Authorizer authorizer_;
  std::mutex mutex_;
  std::optional<http::Url> base_;
  std::mutex root_mutex_;
  bool root_asked_ = false;
};

}  // namespace lapstrake::registry
