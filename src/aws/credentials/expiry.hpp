// The times at which credentials expire, as AWS writes them.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::aws {

// "2026-03-01T12:00:00Z", also with a fraction, with "UTC" (old SSO caches) or an offset ("+00:00") in place of "Z".
// Nothing for other texts.
std::optional<std::chrono::system_clock::time_point> parse_expiry(std::string_view text);

std::string expiry_text(std::chrono::system_clock::time_point time);  // "2026-03-01 12:00:00 UTC"

}  // namespace lapstrake::aws
