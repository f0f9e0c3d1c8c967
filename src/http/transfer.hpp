// The state of one running request, which libcurl's callbacks read and fill.
#pragma once
#include <chrono>
#include <cstdint>
#include <exception>
#include <lapstrake/base/c_handle.hpp>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/http/curl_options.hpp>
#include <lapstrake/http/message.hpp>
#include <string>

namespace lapstrake::http {

// Every call may throw: the callbacks keep the exception and end the transfer (curl.cpp).
class Transfer {
 public:
  Transfer(const Request& request, const CurlOptions& options);  // opens the body's file

  std::size_t read_body(char* room, std::size_t size);
  void take_header(std::string_view line);
  // False: enough of an error reply was read; the transfer may end here.
  bool take_body(std::string_view bytes);
  // Called regularly. Throws when a stop was requested, when the transfer is too slow, or when a reply without a sink
  // takes too long in total.
  void watch(std::uint64_t received, std::uint64_t sent);
  // Before a connection to an address of this kind: Error{network} when it is more local than the request allows.
  void refuse_address(AddressKind kind) const;

  bool replied() const { return header_bytes_ > 0; }
  bool cut_short() const { return cut_short_; }
  void set_peer(std::optional<AddressKind> peer) { response_.peer = peer; }
  Response finish() &&;

  std::exception_ptr failure;

 private:
  using Steady = std::chrono::steady_clock;
  const Request& request_;
  const CurlOptions& options_;
  Response response_;
  FileDescriptor file_;
  std::uint64_t place_ = 0;  // of the next byte of the body
  std::size_t header_bytes_ = 0;
  bool cut_short_ = false, begun_ = false;
  std::uint64_t moved_ = 0, reported_ = 0;
  Steady::time_point window_ = Steady::now(), replied_at_ = window_;
};

}  // namespace lapstrake::http
