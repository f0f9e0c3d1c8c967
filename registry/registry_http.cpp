#include "registry_http.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/untrusted_address.hpp>

#include "challenge.hpp"
#include "error_response.hpp"

namespace lapstrake::registry {
namespace {

constexpr unsigned most_hops = 5;

// Docker Hub serves its API at another host.
std::string api_host(const std::string& host) {
  return host == "docker.io" || host == "index.docker.io" ? "registry-1.docker.io" : host;
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}
// An error status that an authenticated request might not get.
bool may_hide_from_anonymous(const http::Response& response) {
  return response.status == 403 || response.status == 404 ||
         (response.status == 401 && challenges_of(response.headers).empty());
}
// Ends a GET without reading the body, which may be a whole layer.
struct Succeeded {};

bool is_read(const http::Request& request) { return request.method == "GET" || request.method == "HEAD"; }

}  // namespace

RegistryHttp::RegistryHttp(ClientOptions options, std::string host, std::string repository)
    : options_(std::move(options)),
      host_(std::move(host)),
      repository_(std::move(repository)),
      rate_limiter_(options_.rate_limiter ? options_.rate_limiter : std::make_shared<RateLimiter>()),
      // Once, because the request that needs the token is itself retried. The token server has its own rate limit.
      authorizer_(
          options_, [this](const http::Request& request) { return send_once(request, std::nullopt); }, host_,
          repository_) {}

http::Url RegistryHttp::url(std::string_view rest) {
  http::Url url = base();
  url.path += cat(repository_, "/", rest);
  return url;
}

Error RegistryHttp::error_of(const http::Response& response, std::string what) {
  const auto said = parse_error_response(response);
  if (response.status == 404 && (said.has("NAME_UNKNOWN") || said.mentions("repositorynotfound")))
    return missing_repository(host_, repository_, std::move(what), said.message);
  if (response.url.host.empty() || is_own(response.url))
    return response_error(response, std::move(what), host_, authorizer_.login_use());
  // The login was not sent to that server.
  return std::move(
      Error(ErrorKind::network, std::move(what))
          .because(cat("`", response.url.authority(), "`, to which `", host_, "` redirects, answers: ", said.message)));
}

const http::Url& RegistryHttp::base() {
  const std::lock_guard lock(mutex_);
  if (!base_) base_ = retrying([&] { return probe(); });
  return *base_;
}

http::Url RegistryHttp::probe() const {
  const auto secure = http::parse_url(cat("https://", api_host(host_), "/v2/"));
  const bool may_be_plain = http::is_loopback(secure.host) || (options_.insecure && options_.insecure(host_));
  if (!may_be_plain) return secure;
  try {
    options_.transport({.url = secure});
    return secure;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::network) throw;
    const auto plain = http::parse_url(cat("http://", host_, "/v2/"));
    try {
      // A TLS server answers a plain request too: with 400.
      const int status = options_.transport({.url = plain}).status;
      if (status != 400 && !http::is_retryable(status)) return plain;
    } catch (const Error&) {  // neither protocol works
    }
    throw;  // the error of https
  }
}

http::Response RegistryHttp::send(const http::Request& request, Access access, Redirects redirects, Tries tries) {
  base();
  if (tries == Tries::one) return attempt(request, access, redirects);
  return retrying([&] { return attempt(request, access, redirects); });
}

http::Response RegistryHttp::attempt(http::Request request, Access access, Redirects redirects) {
  auto response = is_own(request.url) ? authorized(request, access) : send_once(request, std::nullopt);
  if (redirects == Redirects::follow && is_redirect(response.status))
    response = follow_redirects(std::move(request), std::move(response));
  return response;
}

void RegistryHttp::send_cancel(http::Request request) noexcept try {
  if (is_own(request.url))
    if (const auto login = authorizer_.known_header(Access::push)) request.headers.set("Authorization", *login);
  options_.transport(request);
} catch (...) {  // the registry removes abandoned uploads after some time
}

http::Response RegistryHttp::authorized(http::Request& request, Access access) {
  const auto origin = base();
  auto used = authorizer_.header(origin, access);
  auto response = send_once(request, used);
  std::optional<std::string> next;
  if (response.status == 401) next = authorizer_.answer(origin, response, access, used);
  if (!next && !used && may_hide_from_anonymous(response)) next = login_from_root(origin, access);
  if (next) {
    used = std::move(next);
    response = resend(request, used, response);
  }
  response = with_error_body(request, std::move(response), used);
  if (is_token_expired(response))
    if (auto fresh = authorizer_.renewed(origin, access, used)) {
      used = std::move(fresh);
      response = with_error_body(request, resend(request, used, response), used);
    }
  if (used && (response.status < 400 || response.status == 404)) authorizer_.accepted(*used);
  return response;
}

std::optional<std::string> RegistryHttp::login_from_root(const http::Url& origin, Access access) {
  const std::lock_guard lock(root_mutex_);  // other threads wait for the result of the first
  if (root_asked_) return authorizer_.header(origin, access);
  if (!authorizer_.may_log_in()) return std::nullopt;
  const auto response = send_once({.url = origin}, std::nullopt);
  root_asked_ = true;
  return response.status == 401 ? authorizer_.answer(origin, response, access, std::nullopt) : std::nullopt;
}

http::Response RegistryHttp::resend(const http::Request& request, const std::optional<std::string>& authorization,
                                    const http::Response& refused) {
  if (std::holds_alternative<http::FileRange>(request.body) && http::length(request.body) > 0)
    throw Error(ErrorKind::access, cat("the credentials for `", host_, "` expired during the upload"))
        .because(parse_error_response(refused).message)
        .transient();
  return send_once(request, authorization);
}

// containerd: TestPusherForbiddenGETFallbackForErrorBody.
http::Response RegistryHttp::with_error_body(const http::Request& request, http::Response response,
                                             const std::optional<std::string>& authorization) {
  const bool is_mute =
      request.method == "HEAD" && response.status >= 400 && response.status != 404 && response.status != 405;
  if (!is_mute || !response.body.empty()) return response;
  http::Request get = request;
  get.method = "GET";
  get.headers.set("Range", "bytes=0-0");
  get.sink = [](Bytes) {};
  get.on_response = [](const http::Response&) { throw Succeeded(); };
  try {
    auto reply = send_once(get, authorization);
    if (reply.status >= 400) return reply;
  } catch (const Succeeded&) {
  }
  // GET succeeded: return the status of the HEAD.
  return response;
}

http::Response RegistryHttp::send_once(const http::Request& request, const std::optional<std::string>& authorization) {
  http::Request sent = request;
  if (authorization) sent.headers.set("Authorization", *authorization);
  bool has_begun = false;  // a host that sends data is not down
  if (request.sink)
    sent.sink = [&](Bytes bytes) {
      has_begun = true;
      request.sink(bytes);
    };
  try {
    return send_limited(sent);
  } catch (Error& error) {
    const bool is_failure = error.is_transient() && error.code() != ErrorCode::throttled && !has_begun;
    // After that many consecutive failures no thread needs to use up its attempts.
    if (is_failure && !rate_limiter_->failed(request.url.authority(), options_.runtime))
      error.permanent().during(cat("giving up on `", request.url.authority(), "`: too many consecutive failures"));
    throw;
  }
}

http::Response RegistryHttp::send_limited(const http::Request& request) {
  const auto ticket = rate_limiter_->wait(request.url.authority(), options_.runtime);
  auto response = options_.transport(request);
  refuse_retryable(request, response, ticket);
  rate_limiter_->succeeded(request.url.authority(), ticket);
  return response;
}

void RegistryHttp::refuse_retryable(const http::Request& request, const http::Response& response,
                                    RateLimiter::Ticket ticket) {
  if (!http::is_retryable(response.status)) return;
  auto floor = http::retry_after(response.headers, options_.runtime.clock());
  const auto what = cat("`", request.url.authority(), "` returned ", response.status, " to ", request.method, " ",
                        redacted(request.url));
  const auto why = parse_error_response(response).message;
  if (is_storage_full(response)) return;  // waiting frees no space
  if (response.status != 429 && !floor) throw Error(ErrorKind::network, what).because(why).transient();
  Error error(ErrorKind::network, what);
  error.because(why).transient(floor).with_code(ErrorCode::throttled);
  if (floor && *floor > options_.policy.most_wait) floor.reset();  // the retry fails, so do not delay other requests
  rate_limiter_->throttled(request.url.authority(), ticket, options_.runtime, floor);
  throw error;
}

// Secrets are sent to the registry's origin only, and not after a redirect to another origin.
http::Response RegistryHttp::follow_redirects(http::Request request, http::Response response) {
  std::string chain = redacted(request.url);
  bool own = is_own(request.url);
  for (unsigned hop = 0; is_redirect(response.status); ++hop) {
    const auto location = response.headers.find("Location");
    if (!location) return response;
    const auto next = resolve(request.url, *location);
    chain += cat(" -> ", redacted(next));
    const auto refuse = [&](std::string_view why) {
      throw Error(ErrorKind::network, cat("refusing redirect from `", host_, "`: ", why)).because(chain);
    };
    if (hop == most_hops) refuse(cat("more than ", most_hops, " redirects"));
    if (request.url.scheme == "https" && next.scheme == "http") refuse("from https to http");
    own = own && is_own(next);
    if (!is_read(request) && (!own || (response.status != 307 && response.status != 308)))
      refuse(cat("a ", request.method, " may be redirected only to the same origin, with 307 or 308"));
    request.max_address_kind =
        own ? http::AddressKind::link_local
            : http::max_kind_named_by(request.url, response.peer, http::AddressKind::private_network);
    request.url = next;
    std::optional<std::string> authorization;
    if (own) authorization = authorizer_.header(base(), is_read(request) ? Access::pull : Access::push);
    response = send_once(request, authorization);
  }
  return response;
}

}  // namespace lapstrake::registry
