// Requests and responses as values.
#pragma once
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
  void add(std::string_view name, std::string_view value);  // the same refusals
  void remove(std::string_view name);
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// Part of a file, sent from the disk: hence a body can be sent again.
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
  Url url = {};                                    // the one that answered
  std::optional<AddressKind> peer = std::nullopt;  // where that was; nothing when a proxy knows alone
};

struct Request {
  std::string method = "GET";
  Url url = {};
  Headers headers = {};
  Body body = std::string();
  // Where a 2xx reply's body goes; none: into Response::body, at most `most_reply` bytes (more is Error{integrity}).
  // Of a reply that is not 2xx the first 64 KiB are kept, and the rest is not read.
  Sink sink = nullptr;
  // Shown the status and the headers of a 2xx reply before its first byte goes into the sink.
  std::function<void(const Response&)> begins = nullptr;
  std::size_t most_reply = 8u << 20;
  // Told the bytes of the body that went out so far; called often, from the sending thread.
  std::function<void(std::uint64_t sent)> progress = nullptr;
  // Shown each piece of the body, with its place in it, before it goes out; what it throws ends the request. A
  // connection that had to be opened anew shows the body again from 0.
  std::function<void(std::uint64_t offset, Bytes piece)> tap = nullptr;
  // Where the address came from another server (a redirect, an upload location, a realm): what is nearer than that is
  // not connected to, and no proxy is asked for it where the URL shows it.
  AddressKind nearest = AddressKind::link_local;
};

// The `reason()` of the Error for a connection that was taken and then closed before the first byte of a reply. ECR
// does this to the upload of a blob into a repository that does not exist (aws/containers-roadmap#1970).
inline constexpr std::string_view closed_without_reply = "the connection was closed without a reply";

// Sends one request and brings its reply, whatever its status. Throws Error{network}, marked transient where a new
// attempt may help, when there is none. Safe to call from several threads.
using Transport = std::function<Response(const Request&)>;

}  // namespace lapstrake::http
