// HTTP on one TLS connection of the server: requests to the handler, responses and faults back.
#pragma once
#include <lapstrake/sandbox/net/message.hpp>
#include <stop_token>

#include "connection.hpp"

namespace lapstrake::sandbox {

// Serves requests until either side closes; a fault of a response may reset or truncate the connection.
void serve_http(Connection& connection, TlsStream& stream, const Handler& handler, const std::stop_token& stop);

// Fills `host` and `port` from `authority`: "[::1]:443" -> "[::1]", 443; without a port, `port` stays.
void read_authority(RequestHead& head);

}  // namespace lapstrake::sandbox
