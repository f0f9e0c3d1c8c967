// Requests and responses, as passed between the server (sockets) and the handler (AWS services).
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
struct RequestHead {
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

// Passes the whole request body to the sink; throws ConnectionClosed when the connection breaks before its end.
using BodyReader = std::function<void(const Sink&)>;

struct Response {
  // How much of the response reaches the client. hang_up closes with FIN, the resets with RST.
  enum class Delivery { whole, hang_up, reset, reset_in_head, truncated };

  int status = 200;
  http::Headers headers = {};
  http::Body body = std::string();
  Delivery delivery = Delivery::whole;
  std::uint64_t body_limit = 0;  // truncated: bytes of the body to send before FIN
  bool corrupt = false;          // change the first byte of the body
};

// Thrown when the connection is closed, or must be closed by RST: no response can be sent.
struct ConnectionClosed {};

using Handler = std::function<Response(const RequestHead&, const BodyReader&, const std::stop_token&)>;

// The value of `name` in a query or a form; empty when absent. "+" is a space.
std::string query_value(std::string_view query, std::string_view name);

// Parses the whole of `text` as an integer of at least 0.
std::optional<std::uint64_t> parse_count(std::string_view text);

// The whole body, for APIs with small requests; ConnectionClosed when it is longer than `limit`.
constexpr std::size_t most_call_bytes = 32u << 20;  // a layer part of 20 MiB, in base64
std::string read_text(const BodyReader& body, std::size_t limit = most_call_bytes);

// "4f1c...-....": a random UUID, as AWS's request and upload ids are.
std::string uuid();
// Random bytes as text of `length` characters from `alphabet`.
std::string random_text(std::size_t length, std::string_view alphabet);

}  // namespace lapstrake::sandbox
