// Parses the texts of a spec: modes, owners, ports, signals, platforms, extended attributes, numbers. Each returns
// nothing when the text is invalid.
#pragma once
#include <cstdint>
#include <lapstrake/oci/platform.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::spec {

bool is_digit(char c);
bool is_letter(char c);
// Whether `text` starts with a letter, a digit (if `digit_first`) or one of `first`, continues with letters, digits or
// characters of `more`, and has at most `most` characters.
bool is_word(std::string_view text, std::size_t most, bool digit_first, std::string_view first, std::string_view more);
bool is_account(std::string_view text);  // the name of a user or group

std::optional<std::uint32_t> parse_mode(std::string_view text);  // three or four octal digits
std::optional<oci::Owner> parse_owner(std::string_view text);
// "9000", "53/udp", "8000-8002/udp": as in EXPOSE.
struct Ports {
  std::int64_t first, last;
  std::string protocol;
};
std::optional<Ports> parse_ports(std::string_view text);
std::optional<std::string> parse_signal(std::string_view text);  // "SIGTERM"
std::optional<oci::Platform> parse_platform(std::string_view text);
std::optional<std::string> parse_xattr(std::string_view text);     // text, 0x and hex, 0s and base64
std::optional<std::int64_t> parse_decimal(std::string_view text);  // no leading zeros, no plus
const std::vector<std::string>& signals();                         // all names but SIGRTMIN and SIGRTMAX

}  // namespace lapstrake::spec
