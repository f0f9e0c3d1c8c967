// The end of an upload session that came to nothing. It is the only DELETE that lapstrake sends, and nobody waits for
// it: the transport sends it even after a stop was requested, and gives it half a second in all.
#pragma once
#include <chrono>
#include <lapstrake/http/message.hpp>

namespace lapstrake::http {

inline constexpr std::chrono::milliseconds farewell_time{500};
inline bool is_farewell(const Request& request) { return request.method == "DELETE"; }

}  // namespace lapstrake::http
