#include <arpa/inet.h>
#include <netinet/in.h>

#include <lapstrake/http/address.hpp>
#include <span>
#include <string>

#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::http;
using Kind = AddressKind;

namespace {

Kind connected(const std::string& text) {
  sockaddr_in four{};
  sockaddr_in6 six{};
  four.sin_family = AF_INET;
  six.sin6_family = AF_INET6;
  if (inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) return kind_of(std::as_bytes(std::span(&four, 1)));
  REQUIRE(inet_pton(AF_INET6, text.c_str(), &six.sin6_addr) == 1);
  return kind_of(std::as_bytes(std::span(&six, 1)));
}

}  // namespace

TEST_CASE("metadata services of all clouds and their neighbours are known in every disguise (S02)") {
  const std::string address = GENERATE(
      "169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "168.63.129.16", "fd00:ec2::254",
      "fd00:ec2::23", "fd20:ce::254", "fd00:c1::a9fe:a9fe", "fd00:42::42", "fe80::1", "febf::1", "fe80::a9fe:a9fe",
      "::ffff:169.254.169.254", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a9fe:a9fe",
      "64:ff9b:1::a9fe:a9fe", "64:ff9b::6464:64c8", "2002:a9fe:a9fe::1", "2001:0:1:2:3:4:5601:5601", "::a9fe:a9fe",
      "224.0.0.1", "255.255.255.255", "ff02::1");
  CHECK(connected(address) == Kind::link_local);
  CHECK(kind_of_host(address.find(':') == address.npos ? address : "[" + address + "]") == Kind::link_local);
}

TEST_CASE("this host is known in every disguise (S02)") {
  CHECK(connected(GENERATE("127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "::", "::1", "2002:7f00:1::", "::7f00:1",
                           "64:ff9b::7f00:1")) == Kind::loopback);
}

TEST_CASE("private networks are told from the rest of the world") {
  CHECK(connected(GENERATE("10.0.0.1", "192.168.1.1", "172.16.0.1", "172.31.255.255", "100.64.0.1", "100.127.1.1",
                           "fd00::1", "fc00::1", "fec0::1", "64:ff9b::a00:5", "64:ff9b:1::808:808", "2002:a00:5::1")) ==
        Kind::private_network);
  CHECK(connected(GENERATE("8.8.8.8", "169.253.1.1", "172.32.0.1", "100.128.0.1", "100.100.100.201", "168.63.129.17",
                           "2001:db8::1", "2600::1", "64:ff9b::808:808", "2002:808:808::1")) != Kind::link_local);
  CHECK(connected("8.8.8.8") == Kind::global);
  CHECK(connected("2600::1") == Kind::global);
}

TEST_CASE("an address of a family that is not known is as near as can be") {
  CHECK(kind_of({}) == Kind::link_local);
  const sockaddr other{.sa_family = AF_UNIX, .sa_data = {}};
  CHECK(kind_of(std::as_bytes(std::span(&other, 1))) == Kind::link_local);
}

TEST_CASE("a host in a URL is judged in all forms that libc reads; other names are nobody's (S02)") {
  CHECK(kind_of_host(GENERATE("2852039166", "0xa9fea9fe", "0xa9.0xfe.0xa9.0xfe", "169.254.43518", "0251.254.169.254",
                              "169.254.169.254.", "[fe80::1]", "metadata.google.internal", "METADATA.google.internal.",
                              "instance-data")) == Kind::link_local);
  CHECK(kind_of_host(GENERATE("localhost", "a.localhost", "LOCALHOST.", "127.1", "0x7f.1", "[::1]", "0")) ==
        Kind::loopback);
  CHECK(kind_of_host(GENERATE("10.1", "0x0a000001", "167772161", "012.0.0.1", "[fd00::1]")) == Kind::private_network);
  CHECK(kind_of_host("8.8.8.8") == Kind::global);
  CHECK_FALSE(kind_of_host(GENERATE("registry.example", "10.example", "metadata.example", "localhost.example")));
}

TEST_CASE("an address lies in a network of its own family") {
  const auto in = [](const char* address, const char* network, unsigned bits) {
    return is_in_network(parse_address(address).value(), parse_address(network).value(), bits);
  };
  CHECK(in("10.1.2.3", "10.0.0.0", 8));
  CHECK(in("10.1.2.3", "0.0.0.0", 0));
  CHECK(in("fd00::5", "fd00::", 64));
  CHECK_FALSE(in("11.1.2.3", "10.0.0.0", 8));
  CHECK_FALSE(in("10.1.2.3", "10.1.2.0", 33));
  CHECK_FALSE(in("fd00::5", "0.0.0.0", 0));
  CHECK_FALSE(in("10.1.2.3", "::", 0));
  CHECK_FALSE(parse_address("10.1"));
  CHECK_FALSE(parse_address("[::1]"));
}
