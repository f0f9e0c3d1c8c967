#include "escapes.hpp"

#include <charconv>
#include <lapstrake/base/text.hpp>
#include <optional>

namespace lapstrake {
namespace {

std::optional<unsigned> number(std::string_view digits, int base) {
  unsigned value = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (digits.empty() || code != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// `count` digits in hex after the first `skip` bytes.
std::optional<unsigned> hex_at(std::string_view text, std::size_t skip, std::size_t count) {
  return text.size() < skip + count ? std::nullopt : number(text.substr(skip, count), 16);
}

std::string byte_of(unsigned value) { return std::string(1, static_cast<char>(value)); }

std::string utf8(unsigned point) {
  const auto tail = [point](unsigned shift) { return byte_of(0x80 | ((point >> shift) & 0x3f)); };
  if (point < 0x80) return byte_of(point);
  if (point < 0x800) return byte_of(0xc0 | (point >> 6)) + tail(0);
  if (point < 0x10000) return byte_of(0xe0 | (point >> 12)) + tail(6) + tail(0);
  return byte_of(0xf0 | (point >> 18)) + tail(12) + tail(6) + tail(0);
}

// %2F; %252F for what was encoded twice.
void add_percent(std::string_view text, std::vector<Reading>& out) {
  if (const auto value = hex_at(text, 1, 2)) out.push_back({byte_of(*value), 3});
  if (!text.starts_with("%25")) return;
  if (const auto value = hex_at(text, 3, 2)) out.push_back({byte_of(*value), 5});
}

// \u002f, and two of them for what UTF-16 writes with two words (RFC 8259 section 7).
void add_unicode(std::string_view text, std::vector<Reading>& out) {
  const auto high = hex_at(text, 2, 4);
  if (!high) return;
  const auto low = text.substr(6).starts_with("\\u") ? hex_at(text, 8, 4) : std::nullopt;
  if (low && *high >= 0xd800 && *high < 0xdc00 && *low >= 0xdc00 && *low < 0xe000)
    out.push_back({utf8(0x10000 + ((*high - 0xd800) << 10) + (*low - 0xdc00)), 12});
  else
    out.push_back({utf8(*high), 6});
}

void add_backslash(std::string_view text, std::vector<Reading>& out) {
  if (text.size() < 2) return;
  if (text[1] == 'u') return add_unicode(text, out);
  if (text[1] == 'x') {
    if (const auto value = hex_at(text, 2, 2)) out.push_back({byte_of(*value), 4});
    return;
  }
  static constexpr std::string_view named = "/\"\\'nrtbf", meant = "/\"\\'\n\r\t\b\f";
  if (const auto found = named.find(text[1]); found != named.npos) out.push_back({std::string(1, meant[found]), 2});
}

// &amp; &#38; &#x26;
void add_entity(std::string_view text, std::vector<Reading>& out) {
  const auto end = text.substr(0, 10).find(';');
  if (end == text.npos) return;
  const auto name = lower(text.substr(1, end - 1));
  static constexpr struct {
    std::string_view name, bytes;
  } known[] = {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
  for (const auto& one : known)
    if (one.name == name) out.push_back({std::string(one.bytes), end + 1});
  if (!name.starts_with('#')) return;
  const bool is_hex = name.starts_with("#x");
  const auto point = number(std::string_view(name).substr(is_hex ? 2 : 1), is_hex ? 16 : 10);
  if (point && *point < 0x110000) out.push_back({utf8(*point), end + 1});
}

}  // namespace

std::vector<Reading> readings(std::string_view text) {
  std::vector<Reading> out{{std::string(1, text.front()), 1}};
  switch (text.front()) {
    case '%': add_percent(text, out); break;
    case '\\': add_backslash(text, out); break;
    case '&': add_entity(text, out); break;
    case '+': out.push_back({" ", 1}); break;
    default: break;
  }
  return out;
}

}  // namespace lapstrake
