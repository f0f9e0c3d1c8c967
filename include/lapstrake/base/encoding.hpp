// Hex, base64 and percent encoding.
#pragma once
#include <lapstrake/base/bytes.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake {

std::string hex(Bytes bytes);  // lowercase
// RFC 4648 section 4, with padding.
std::string base64(Bytes bytes);
// nullopt when `text` is not base64 (padding is optional; white space is not allowed).
std::optional<std::string> base64_decode(std::string_view text);
// Encodes every byte except A-Z a-z 0-9 - . _ ~ and those in `keep` as %XX (uppercase): RFC 3986 2.3.
std::string percent_encode(std::string_view text, std::string_view keep = {});
std::string percent_decode(std::string_view text);  // a lone % stays as it is

}  // namespace lapstrake
