#include "values.hpp"

#include <algorithm>
#include <charconv>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::spec {
namespace {

constexpr std::int64_t most_id = 4294967294;  // 2^32 - 1 means "no one" to the kernel

bool is_id(std::string_view text) {
  const auto id = parse_decimal(text);
  return id && *id >= 0 && *id <= most_id;
}

}  // namespace

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_word(std::string_view text, std::size_t most, bool digit_first, std::string_view first, std::string_view more) {
  if (text.empty() || text.size() > most) return false;
  if (!is_letter(text[0]) && first.find(text[0]) == first.npos && !(digit_first && is_digit(text[0]))) return false;
  return std::ranges::all_of(text, [&](char c) { return is_letter(c) || is_digit(c) || more.find(c) != more.npos; });
}

bool is_account(std::string_view text) {
  if (text.ends_with('$')) text.remove_suffix(1);
  return is_word(text, 32, false, "_", "_.-");
}

std::optional<std::uint32_t> parse_mode(std::string_view text) {
  if (text.size() == 5 && text.starts_with('0')) text.remove_prefix(1);  // "01777", as C and ls write it
  if (text.size() < 3 || text.size() > 4) return std::nullopt;
  std::uint32_t mode = 0;
  for (const char c : text) {
    if (c < '0' || c > '7') return std::nullopt;
    mode = mode * 8 + static_cast<std::uint32_t>(c - '0');
  }
  return mode;
}

std::optional<oci::Owner> parse_owner(std::string_view text) {
  const auto halves = split(text, ':');
  if (halves.size() > 2) return std::nullopt;
  for (const auto& half : halves)
    if (!is_id(half) && !is_account(half)) return std::nullopt;
  return oci::Owner{.user = halves[0], .group = halves.back(), .group_given = halves.size() == 2};
}

std::optional<Ports> parse_ports(std::string_view text) {
  const auto slash = text.find('/');
  const auto protocol = slash == std::string_view::npos ? std::string_view("tcp") : text.substr(slash + 1);
  const auto numbers = text.substr(0, slash);
  const auto dash = numbers.find('-');
  const auto first = parse_decimal(numbers.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_decimal(numbers.substr(dash + 1));
  if (!first || !last || *first < 1 || *last < *first || *last > 65535) return std::nullopt;
  if (protocol != "tcp" && protocol != "udp" && protocol != "sctp") return std::nullopt;
  return Ports{.first = *first, .last = *last, .protocol = std::string(protocol)};
}

std::optional<std::string> parse_signal(std::string_view text) {
  if (const auto number = parse_decimal(text))
    return *number >= 1 && *number <= 64 ? std::optional(cat(*number)) : std::nullopt;
  if (std::ranges::count(signals(), text) != 0) return std::string(text);
  for (const std::string_view edge : {"SIGRTMIN", "SIGRTMAX"}) {
    if (!text.starts_with(edge)) continue;
    const auto offset = text.substr(edge.size());
    if (offset.empty()) return std::string(text);
    const auto steps = parse_decimal(offset.substr(1));
    if (offset[0] == (edge == "SIGRTMIN" ? '+' : '-') && steps && *steps >= 1 && *steps <= 15) return std::string(text);
  }
  return std::nullopt;
}

std::optional<oci::Platform> parse_platform(std::string_view text) {
  try {
    return oci::Platform::parse(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<std::string> parse_xattr(std::string_view text) {
  if (text.starts_with("0s")) return base64_decode(text.substr(2));
  if (!text.starts_with("0x")) return std::string(text);
  text.remove_prefix(2);
  if (text.empty() || text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    unsigned byte = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + 2, byte, 16);
    if (error != std::errc{} || end != text.data() + at + 2) return std::nullopt;
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::optional<std::int64_t> parse_decimal(std::string_view text) {
  const auto digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || (digits.size() > 1 && digits[0] == '0') || !std::ranges::all_of(digits, is_digit))
    return std::nullopt;
  if (digits == "0" && digits.size() != text.size()) return std::nullopt;
  return parse_integer(text);
}

const std::vector<std::string>& signals() {
  static const std::vector<std::string> names{
      "SIGHUP",  "SIGINT",  "SIGQUIT", "SIGILL",  "SIGTRAP",   "SIGABRT",  "SIGBUS",   "SIGFPE",
      "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE",   "SIGALRM",  "SIGTERM",  "SIGCHLD",
      "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU",   "SIGURG",   "SIGXCPU",  "SIGXFSZ",
      "SIGPROF", "SIGPWR",  "SIGSYS",  "SIGIO",   "SIGVTALRM", "SIGWINCH", "SIGSTKFLT"};
  return names;
}

}  // namespace lapstrake::spec
