// Requests and responses as values.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/http/address.hpp>
#include <lapstrake/http/url.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lapstrake::http {

// In order of arrival; names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields);  // add() for each
  std::optional<std::string> find(std::string_view name) const;                // the first
  std::vector<std::string> find_all(std::string_view name) const;
  void set(std::string_view name, std::string_view value);  // replaces; Error{internal} for CR, LF or NUL
  void add(std::string_view name, std::string_view value);  // the same errors
  void remove(std::string_view name);
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// Part of a file, read from disk while it is sent, so that a body can be sent again.
struct FileRange {
  std::filesystem::path path;
  std::uint64_t offset = 0, length = 0;
};
using Body = std::variant<std::string, FileRange>;
std::uint64_t length(const Body& body);

struct Response {
  int status = 0;
  Headers headers = {};
  std::string body = {};
  Url url = {};                                    // of the request
  std::optional<AddressKind> peer = std::nullopt;  // its kind of address; nothing when a proxy connected
};

struct Request {
  std::string method = "GET";
  Url url = {};
  Headers headers = {};
  Body body = std::string();
  // Receives the body of a 2xx reply; without a sink it is stored in Response::body, at most `most_reply` bytes (more
  // is Error{integrity}). Of a reply that is not 2xx the first 64 KiB are kept, and the rest is not read.
  Sink sink = nullptr;
  // Called with the status and headers of a 2xx reply before its first byte is passed to the sink.
  std::function<void(const Response&)> on_response = nullptr;
  std::size_t most_reply = 8u << 20;
  // Called with the number of body bytes sent so far; often, and from the sending thread.
  std::function<void(std::uint64_t sent)> progress = nullptr;
  // Called with each piece of the body and its offset before it is sent; an exception from it ends the request. After a
  // reconnect the body is passed again from offset 0.
  std::function<void(std::uint64_t offset, Bytes piece)> before_send = nullptr;
  // The most local kind of address that may be connected to. Lower it when another server named the address (a
  // redirect, an upload location, a realm). A proxy is not asked for an address literal beyond this limit.
  AddressKind max_address_kind = AddressKind::link_local;
  // For services of this host, such as the metadata service of an instance.
  bool never_by_proxy = false;
  std::optional<std::chrono::milliseconds> most_time = std::nullopt;  // for all of it, connecting too
};

// The request that cancels an unfinished upload session, the only DELETE that lapstrake sends. The transport sends it
// even after a stop was requested, with a total timeout of half a second.
inline constexpr std::chrono::milliseconds cancel_timeout{500};
inline bool is_cancel_request(const Request& request) { return request.method == "DELETE"; }

// Sends one request and returns the reply, whatever its status. Without a reply throws Error{network}, marked transient
// when a new attempt may succeed, with the code `connection_closed` when the server accepted the connection and closed
// it before the first byte of a reply. Safe to call from several threads.
using Transport = std::function<Response(const Request&)>;

}  // namespace lapstrake::http
