#include "expiry.hpp"

#include <lapstrake/base/text.hpp>

namespace lapstrake::aws {
namespace {

using std::chrono::system_clock;

// Two or four digits at `at`.
std::optional<int> digits_at(std::string_view text, std::size_t at, std::size_t count) {
  const auto part = text.substr(std::min(at, text.size()), count);
  if (part.size() != count || part.find_first_not_of("0123456789") != part.npos) return std::nullopt;
  return static_cast<int>(*parse_integer(part));
}

// What follows the seconds: nothing for an unknown zone.
std::optional<std::chrono::minutes> offset_in(std::string_view zone) {
  if (zone == "Z" || zone == "z" || zone == "UTC") return std::chrono::minutes(0);
  if (zone.size() < 5 || (zone.front() != '+' && zone.front() != '-')) return std::nullopt;
  const bool has_colon = zone[3] == ':';
  const auto hours = digits_at(zone, 1, 2), minutes = digits_at(zone, has_colon ? 4 : 3, 2);
  if (!hours || !minutes || zone.size() != (has_colon ? 6u : 5u)) return std::nullopt;
  const std::chrono::minutes offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return zone.front() == '-' ? -offset : offset;
}

std::string two_digits(std::int64_t number) { return cat(number < 10 ? "0" : "", number); }

}  // namespace

std::optional<system_clock::time_point> parse_expiry(std::string_view text) {
  const auto year = digits_at(text, 0, 4), month = digits_at(text, 5, 2), day = digits_at(text, 8, 2),
             hour = digits_at(text, 11, 2), minute = digits_at(text, 14, 2), second = digits_at(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' || text[16] != ':')
    return std::nullopt;
  const auto date = std::chrono::year(*year) / *month / *day;
  // The range of the clock ends in 2262.
  if (!date.ok() || *year < 1970 || *year > 2200 || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  auto zone = text.substr(19);
  if (zone.starts_with('.')) zone = zone.substr(std::min(zone.find_first_not_of("0123456789", 1), zone.size()));
  const auto offset = offset_in(zone);
  if (!offset) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second) - *offset;
}

std::string expiry_text(system_clock::time_point time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return cat(static_cast<int>(date.year()), "-", two_digits(static_cast<unsigned>(date.month())), "-",
             two_digits(static_cast<unsigned>(date.day())), " ", two_digits(clock.hours().count()), ":",
             two_digits(clock.minutes().count()), ":", two_digits(clock.seconds().count()), " UTC");
}

}  // namespace lapstrake::aws
