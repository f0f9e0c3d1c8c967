#include "http_client.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/retry.hpp>
#include <lapstrake/http/untrusted_address.hpp>

namespace lapstrake::app {
namespace {

constexpr unsigned most_hops = 10;

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

http::Request with(http::Request request, const http::Headers& headers) {
  for (const auto& [name, value] : headers) request.headers.set(name, value);
  return request;
}

}  // namespace

http::Response HttpClient::get(http::Request request, const Download& download) const {
  const auto origin = request.url.origin();
  request = with(std::move(request), download.headers);
  request.max_address_kind = download.max_address_kind;
  std::string chain = redacted(request.url);
  bool own = true;
  for (unsigned hop = 0;; ++hop) {
    auto response = send(own ? with(request, download.credentials) : request);
    response.url = request.url;
    const auto location = response.headers.find("Location");
    if (!is_redirect(response.status) || !location) return response;
    const auto next = resolve(request.url, *location);
    chain += cat(" -> ", redacted(next));
    const auto refuse = [&](std::string_view why) {
      throw Error(ErrorKind::network, cat("refusing redirect from `", request.url.authority(), "`: ", why))
          .because(chain);
    };
    if (hop == most_hops) refuse(cat("more than ", most_hops, " redirects"));
    if (request.url.scheme == "https" && next.scheme == "http") refuse("from https to http");
    own = own && next.origin() == origin;
    if (!own)
      request.max_address_kind = max_kind_named_by(request.url, response.peer, http::AddressKind::private_network);
    request.url = next;
  }
}

http::Response HttpClient::send(const http::Request& request) const {
  auto& limiter = network_.rate_limiter();
  const auto host = request.url.authority();
  bool has_begun = false;  // a host that sends data is not down
  auto sent = request;
  if (request.sink)
    sent.sink = [&](Bytes bytes) {
      has_begun = true;
      request.sink(bytes);
    };
  try {
    const auto ticket = limiter.wait(host, runtime_);
    auto response = network_.transport()(sent);
    refuse_retryable(request, response, ticket);
    limiter.succeeded(host, ticket);
    return response;
  } catch (Error& error) {
    if (error.is_transient() && error.code() != ErrorCode::throttled && !has_begun && !limiter.failed(host, runtime_))
      error.permanent().during(cat("giving up on `", host, "`: too many consecutive failures"));
    throw;
  }
}

void HttpClient::refuse_retryable(const http::Request& request, const http::Response& response,
                                  registry::RateLimiter::Ticket ticket) const {
  if (!http::is_retryable(response.status)) return;
  const auto floor = http::retry_after(response.headers, runtime_.clock());
  Error error(ErrorKind::network,
              cat("`", request.url.authority(), "` returned ", response.status, " to GET ", redacted(request.url)));
  error.transient(floor);
  if (response.status != 429 && !floor) throw error;
  error.with_code(ErrorCode::throttled);
  const bool waits = !floor || *floor <= http::RetryPolicy{}.most_wait;  // else the retry fails at once
  network_.rate_limiter().throttled(request.url.authority(), ticket, runtime_, waits ? floor : std::nullopt);
  throw error;
}

Error error_of(const http::Response& response, const Download& download) {
  const bool refused = response.status == 401 || response.status == 403 || response.status == 407;
  Error error(refused ? ErrorKind::access : ErrorKind::network, cat("cannot download ", download.what));
  error.because(cat("`", response.url.authority(), "` returned ", response.status, " to GET ", redacted(response.url)));
  if (response.status == 404 || response.status == 410) error.helped_by("check the URL");
  return error;
}

}  // namespace lapstrake::app
