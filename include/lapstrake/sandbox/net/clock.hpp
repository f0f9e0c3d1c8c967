// Formats and parses times in AWS's formats.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::sandbox {

using Time = std::chrono::system_clock::time_point;

std::string basic_time(Time time);  // "20150830T123600Z": X-Amz-Date
std::optional<Time> parse_basic_time(std::string_view text);
std::string iso_time(Time time);   // "2015-08-30T12:36:00Z": the XML of the query services
std::string http_date(Time time);  // "Sun, 30 Aug 2015 12:36:00 GMT"
double epoch_seconds(Time time);   // AWS JSON time stamps, in milliseconds

}  // namespace lapstrake::sandbox
