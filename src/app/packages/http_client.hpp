// GET requests that follow redirects and respect the rate limits of the run.
#pragma once
#include <lapstrake/app/connect/network.hpp>
#include <lapstrake/app/context.hpp>
#include <lapstrake/app/packages/download.hpp>
#include <lapstrake/http/message.hpp>
#include <optional>
#include <string>

namespace lapstrake::app {

class HttpClient {
 public:
  HttpClient(const Context& context, const Network& network) : runtime_(context.runtime), network_(network) {}

  // One attempt, with redirects: the last reply, whose `url` is where it came from. A reply that a retry may change
  // (429, 503, ...) is a transient Error.
  http::Response get(http::Request request, const Download& download) const;

 private:
  http::Response send(const http::Request& request) const;
  void refuse_retryable(const http::Request& request, const http::Response& response,
                        registry::RateLimiter::Ticket ticket) const;

  const Runtime& runtime_;
  const Network& network_;
};

// The Error for a reply whose status is not a success.
Error error_of(const http::Response& response, const Download& download);

}  // namespace lapstrake::app
