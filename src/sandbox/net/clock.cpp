#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/clock.hpp>

#include <ctime>

namespace lapstrake::sandbox {
namespace {

std::tm utc(Time time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return parts;
}

std::string padded(int number, std::size_t width) {
  std::string text = cat(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

}  // namespace

std::string basic_time(Time time) {
  const std::tm t = utc(time);
  return cat(padded(t.tm_year + 1900, 4), padded(t.tm_mon + 1, 2), padded(t.tm_mday, 2), "T", padded(t.tm_hour, 2),
             padded(t.tm_min, 2), padded(t.tm_sec, 2), "Z");
}

std::optional<Time> parse_basic_time(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  auto number = [&](std::size_t at, std::size_t length) {
    return static_cast<int>(parse_integer(text.substr(at, length)).value_or(-1));
  };
  std::tm t{};
  t.tm_year = number(0, 4) - 1900;
  t.tm_mon = number(4, 2) - 1;
  t.tm_mday = number(6, 2);
  t.tm_hour = number(9, 2);
  t.tm_min = number(11, 2);
  t.tm_sec = number(13, 2);
  const Time time = std::chrono::system_clock::from_time_t(::timegm(&t));
  // timegm() takes the 32nd of a month for the 1st of the next.
  return basic_time(time) == text ? std::optional(time) : std::nullopt;
}

std::string iso_time(Time time) {
  const std::tm t = utc(time);
  return cat(padded(t.tm_year + 1900, 4), "-", padded(t.tm_mon + 1, 2), "-", padded(t.tm_mday, 2), "T",
             padded(t.tm_hour, 2), ":", padded(t.tm_min, 2), ":", padded(t.tm_sec, 2), "Z");
}

std::string http_date(Time time) {
  constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::tm t = utc(time);
  return cat(days[t.tm_wday], ", ", padded(t.tm_mday, 2), " ", months[t.tm_mon], " ", t.tm_year + 1900, " ",
             padded(t.tm_hour, 2), ":", padded(t.tm_min, 2), ":", padded(t.tm_sec, 2), " GMT");
}

double epoch_seconds(Time time) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
  return static_cast<double>(milliseconds) / 1000.0;
}

}  // namespace lapstrake::sandbox
