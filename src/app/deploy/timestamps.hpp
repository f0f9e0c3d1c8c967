// Times in AWS's JSON documents: seconds since the epoch, as a number.
#pragma once
#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace lapstrake::app {

std::optional<std::chrono::system_clock::time_point> time_of(const nlohmann::json& value);
// "2026-05-18T10:00:00Z"; empty for a value that is no time.
std::string timestamp_text(const nlohmann::json& value);

}  // namespace lapstrake::app
