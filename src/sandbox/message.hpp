// What passes between the server, which knows sockets, and the site, which knows what AWS answers.
#pragma once
#include <cstdint>
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/http/message.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace lapstrake::sandbox {

// A request without its body.
struct Head {
  std::string method;
  std::string authority;  // the Host header as it came
  std::string host;       // lower case, without port
  std::uint16_t port = 443;
  std::string path, query;  // as on the wire; query without "?"
  http::Headers headers;
  std::uint64_t body_length = 0;  // Content-Length; 0 when it is absent (chunked)

  std::string target() const { return query.empty() ? path : path + "?" + query; }
  // https://AUTHORITY
  std::string origin() const { return "https://" + authority; }
};

// Hands all of the request's body to the sink; throws Cut when the connection breaks in the midst of it.
using BodyReader = std::function<void(const Sink&)>;

struct Answer {
  // How much of it reaches the client. hang_up closes in order (FIN), the resets do not (RST).
  enum class Delivery { whole, hang_up, reset, reset_in_head, truncated };

  int status = 200;
  http::Headers headers = {};
  http::Body body = std::string();
  Delivery delivery = Delivery::whole;
  std::uint64_t body_limit = 0;  // truncated: bytes of the body that are sent, then FIN
  bool corrupt = false;          // the body's first byte is changed on its way out
};

// The connection is gone (or shall be, by RST): nothing can be answered.
struct Cut {};

using Site = std::function<Answer(const Head&, const BodyReader&, const std::stop_token&)>;

// The value of `name` in a query or a form; empty when absent. "+" is a space.
std::string query_value(std::string_view query, std::string_view name);
bool has_query(std::string_view query, std::string_view name);

// A whole number of at least 0 that fills all of `text`.
std::optional<std::uint64_t> parse_count(std::string_view text);

// All of a body, for APIs whose requests are small; Cut when it is longer than `limit`.
constexpr std::size_t most_call_bytes = 32u << 20;  // a layer part of 20 MiB, in base64
std::string read_text(const BodyReader& body, std::size_t limit = most_call_bytes);

// "4f1c...-....": a random UUID, as AWS's request and upload ids are.
std::string uuid();
// Random bytes as text of `length` characters from `alphabet`.
std::string random_text(std::size_t length, std::string_view alphabet);

}  // namespace lapstrake::sandbox
