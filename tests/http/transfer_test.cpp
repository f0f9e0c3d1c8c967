#include "../../src/http/transfer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <span>

#include "../../src/http/transfer_error.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::http;

namespace {

bool near(const std::string& text) {
  sockaddr_in four{};
  sockaddr_in6 six{};
  four.sin_family = AF_INET;
  six.sin6_family = AF_INET6;
  if (inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) return is_near(std::as_bytes(std::span(&four, 1)));
  REQUIRE(inet_pton(AF_INET6, text.c_str(), &six.sin6_addr) == 1);
  return is_near(std::as_bytes(std::span(&six, 1)));
}

}  // namespace

TEST_CASE("a metadata server is known in every disguise of its address") {
  CHECK(near(GENERATE("127.0.0.1", "127.9.9.9", "0.0.0.0", "169.254.169.254", "169.254.170.2", "::", "::1", "fe80::1",
                      "febf::1", "::ffff:169.254.169.254", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe",
                      "2002:a9fe:a9fe::1", "2002:7f00:1::")));
}

TEST_CASE("private networks and the rest of the world are not near") {
  CHECK_FALSE(near(GENERATE("10.0.0.1", "192.168.1.1", "172.16.0.1", "8.8.8.8", "169.253.1.1", "fd00::1", "2001:db8::1",
                            "64:ff9b::808:808", "2002:808:808::1", "fec0::1")));
}

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

TEST_CASE("a name that there is not is not asked for again, one that cannot be looked up now is (S33)") {
  const Url url = parse_url("https://x.invalid/");
  TransferFailure failure;
  failure.code = CURLE_COULDNT_RESOLVE_HOST;
  CHECK(transfer_error(url, failure).is_transient());
  failure.name_unknown = true;
  const auto unknown = transfer_error(url, failure);
  CHECK_FALSE(unknown.is_transient());
  CHECK(unknown.summary() == "cannot connect to `x.invalid:443`: the name `x.invalid` is not known");
}
