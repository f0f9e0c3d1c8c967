// The request that cancels an unfinished upload session. It is the only DELETE that lapstrake sends. The transport
// sends it even after a stop was requested, with a total timeout of half a second.
#pragma once
#include <chrono>
#include <lapstrake/http/message.hpp>

namespace lapstrake::http {

inline constexpr std::chrono::milliseconds cancel_timeout{500};
inline bool is_cancel_request(const Request& request) { return request.method == "DELETE"; }

}  // namespace lapstrake::http
