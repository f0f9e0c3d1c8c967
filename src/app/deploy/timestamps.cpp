#include "timestamps.hpp"

#include <cmath>
#include <lapstrake/oci/image.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::app {

std::optional<std::chrono::system_clock::time_point> time_of(const nlohmann::json& value) {
  if (!value.is_number()) return std::nullopt;
  const auto seconds = value.get<double>();
  constexpr double year_9999 = 253'402'300'799.0;
  if (!std::isfinite(seconds) || seconds < 0 || seconds > year_9999) return std::nullopt;
  return std::chrono::system_clock::time_point(
      std::chrono::milliseconds(static_cast<std::int64_t>(std::llround(seconds * 1000))));
}

std::string timestamp_text(const nlohmann::json& value) {
  const auto time = time_of(value);
  return time ? oci::rfc3339(std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count()) : "";
}

}  // namespace lapstrake::app
