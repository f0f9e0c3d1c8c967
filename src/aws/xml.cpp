#include "xml.hpp"

#include <charconv>
#include <lapstrake/base/text.hpp>
#include <optional>

namespace lapstrake::aws {
namespace {

std::string utf8(std::uint32_t point) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  const auto tail = [&](unsigned shift) { return byte(0x80 | ((point >> shift) & 0x3f)); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xc0 | (point >> 6)), tail(0)};
  if (point < 0x10000) return {byte(0xe0 | (point >> 12)), tail(6), tail(0)};
  return {byte(0xf0 | (point >> 18)), tail(12), tail(6), tail(0)};
}

// What `&name;` stands for; nothing when it is not known.
std::optional<std::string> entity(std::string_view name) {
  if (name == "amp") return "&";
  if (name == "lt") return "<";
  if (name == "gt") return ">";
  if (name == "quot") return "\"";
  if (name == "apos") return "'";
  if (!name.starts_with('#')) return std::nullopt;
  const bool sixteen = name.starts_with("#x");
  const auto digits = name.substr(sixteen ? 2 : 1);
  std::uint32_t point = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), point, sixteen ? 16 : 10);
  const bool is_point = point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
  if (failure != std::errc() || end != digits.data() + digits.size() || !is_point) return std::nullopt;
  return utf8(point);
}

std::string decoded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = text.front() == '&' ? text.substr(0, 12).find(';') : std::string_view::npos;
    if (const auto known = end == std::string_view::npos ? std::nullopt : entity(text.substr(1, end - 1))) {
      out += *known;
      text.remove_prefix(end + 1);
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

std::string_view tag_name(std::string_view tag) {
  tag = tag.substr(0, tag.find_first_of(" \t\r\n/"));
  const auto colon = tag.find(':');
  return colon == std::string_view::npos ? tag : tag.substr(colon + 1);
}

}  // namespace

std::map<std::string, std::string> xml_leaves(std::string_view text) {
  std::map<std::string, std::string> leaves;
  std::string_view opened;  // the name of the tag before this one, if that opened an element
  std::size_t content = 0;
  for (auto begin = text.find('<'); begin != std::string_view::npos; begin = text.find('<', begin + 1)) {
    const bool is_comment = text.substr(begin).starts_with("<!--");
    const auto end = text.find(is_comment ? "-->" : ">", begin);
    if (end == std::string_view::npos) break;
    const auto tag = text.substr(begin + 1, end - begin - 1);
    if (tag.starts_with('/')) {
      if (const auto name = tag_name(tag.substr(1)); !opened.empty() && name == opened)
        leaves.emplace(name, trim(decoded(text.substr(content, begin - content))));
      opened = {};
    } else if (!tag.empty() && tag.front() != '!' && tag.front() != '?') {
      opened = tag.ends_with('/') ? std::string_view() : tag_name(tag);
      content = end + 1;
    }
    begin = end;
  }
  return leaves;
}

}  // namespace lapstrake::aws
