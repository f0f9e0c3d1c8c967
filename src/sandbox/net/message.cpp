#include <openssl/rand.h>

#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/message.hpp>
#include <optional>
#include <vector>

namespace lapstrake::sandbox {
namespace {

std::optional<std::string> find_value(std::string_view query, std::string_view name) {
  for (const auto& part : split(query, '&')) {
    const auto equals = part.find('=');
    if (percent_decode(replace_all(part.substr(0, equals), "+", " ")) != name) continue;
    return equals == std::string::npos ? std::string() : percent_decode(replace_all(part.substr(equals + 1), "+", " "));
  }
  return std::nullopt;
}

std::vector<unsigned char> random_bytes(std::size_t count) {
  std::vector<unsigned char> bytes(count);
  if (RAND_bytes(bytes.data(), static_cast<int>(count)) != 1)
    throw Error(ErrorKind::internal, "OpenSSL has no random numbers for the sandbox");
  return bytes;
}

}  // namespace

std::string query_value(std::string_view query, std::string_view name) { return find_value(query, name).value_or(""); }

std::optional<std::uint64_t> parse_count(std::string_view text) {
  const auto number = parse_integer(text);
  return number && *number >= 0 ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
}

std::string read_text(const BodyReader& body, std::size_t limit) {
  std::string text;
  body([&](Bytes bytes) {
    if (text.size() + bytes.size() > limit) throw ConnectionClosed{};
    text += as_text(bytes);
  });
  return text;
}

std::string uuid() {
  const auto bytes = random_bytes(16);
  std::string text = hex(std::as_bytes(std::span(bytes)));
  text[12] = '4';  // RFC 9562: version 4, variant 10
  text[16] = "89ab"[bytes[8] & 3];
  for (const std::size_t at : {20u, 16u, 12u, 8u}) text.insert(at, 1, '-');
  return text;
}

std::string random_text(std::size_t length, std::string_view alphabet) {
  std::string text;
  for (const unsigned char byte : random_bytes(length)) text += alphabet[byte % alphabet.size()];
  return text;
}

}  // namespace lapstrake::sandbox
