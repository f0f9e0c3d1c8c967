#include "../../src/http/transfer.hpp"

#include "../../src/http/transfer_error.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::http;

TEST_CASE("a reply for the memory may not trickle for ever, and one for a sink may") {
  const bool has_sink = GENERATE(true, false);
  Request request{.url = parse_url("https://token.example/")};
  request.most_reply = 100;  // so that there is no time at all
  if (has_sink) request.sink = [](Bytes) {};
  const CurlOptions options{.low_speed_time = std::chrono::seconds(0)};
  Transfer transfer(request, options);
  transfer.take_header("HTTP/1.1 103 Early Hints\r\n");  // the reply is still to come
  CHECK_NOTHROW(transfer.watch(0, 0));
  transfer.take_header("HTTP/1.1 200 OK\r\n");
  transfer.take_body("x");
  if (has_sink)
    CHECK_NOTHROW(transfer.watch(17, 0));
  else
    CHECK_THROWS_AS(transfer.watch(17, 0), Error);
}

TEST_CASE("a proxy that there is not is not asked for again") {
  TransferFailure failure;
  failure.code = CURLE_COULDNT_RESOLVE_PROXY;
  failure.proxy = "http://proxy.invalid:3128";
  CHECK(transfer_error(parse_url("https://x.example/"), failure).is_transient());
  failure.name_unknown = true;
  const auto unknown = transfer_error(parse_url("https://x.example/"), failure);
  CHECK_FALSE(unknown.is_transient());
  CHECK_THAT(unknown.summary(), Contains("proxy `http://proxy.invalid:3128` not found"));
}

TEST_CASE("a name that there is not is not asked for again, one that cannot be looked up now is (S33)") {
  const Url url = parse_url("https://x.invalid/");
  TransferFailure failure;
  failure.code = CURLE_COULDNT_RESOLVE_HOST;
  CHECK(transfer_error(url, failure).is_transient());
  failure.name_unknown = true;
  const auto unknown = transfer_error(url, failure);
  CHECK_FALSE(unknown.is_transient());
  CHECK(unknown.summary() == "cannot connect to `x.invalid:443`: host `x.invalid` not found");
}
