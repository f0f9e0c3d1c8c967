#include "html_tags.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::pip {
namespace {

constexpr std::string_view html_white_space = " \t\r\n\f";

// The UTF-8 of a code point; empty if it is not one.
std::string utf8(std::uint32_t code) {
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
  const auto tail = [](std::uint32_t bits) { return static_cast<char>(0x80 | (bits & 0x3F)); };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xC0 | code >> 6), tail(code)};
  if (code < 0x10000) return {static_cast<char>(0xE0 | code >> 12), tail(code >> 6), tail(code)};
  return {static_cast<char>(0xF0 | code >> 18), tail(code >> 12), tail(code >> 6), tail(code)};
}

// The character of an entity's name, the part between `&` and `;`. Empty if it is unknown.
std::string character_of(std::string_view entity) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> named{
      {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}}};
  for (const auto& [name, character] : named)
    if (entity == name) return std::string(character);
  if (!entity.starts_with('#')) return {};
  entity.remove_prefix(1);
  const bool is_hexadecimal = entity.starts_with('x') || entity.starts_with('X');
  if (is_hexadecimal) entity.remove_prefix(1);
  std::uint32_t code = 0;
  const auto* last = entity.data() + entity.size();
  const auto [end, failure] = std::from_chars(entity.data(), last, code, is_hexadecimal ? 16 : 10);
  return failure == std::errc() && end == last ? utf8(code) : std::string();
}

// Reads the attributes of one tag, from after its name to its `>`.
class AttributeReader {
 public:
  AttributeReader(std::string_view html, std::size_t at) : html_(html), at_(at) {}

  // Sets attributes and end. False if the tag is not closed.
  bool read(HtmlTag& tag) {
    while (true) {
      at_ = html_.find_first_not_of(" \t\r\n\f/", at_);
      if (at_ == std::string_view::npos) return false;
      if (html_[at_] == '>') break;
      auto name = lower(until(" \t\r\n\f/>="));
      if (name.empty()) ++at_;  // a stray `=`
      auto value = this->value();
      if (!name.empty() && tag.attributes.size() < most_attributes)
        tag.attributes.emplace_back(std::move(name), std::move(value));
    }
    tag.end = at_ + 1;
    return true;
  }

 private:
  static constexpr std::size_t most_attributes = 100;

  std::string_view until(std::string_view ends) {
    const auto begin = at_;
    at_ = std::min(html_.find_first_of(ends, at_), html_.size());
    return html_.substr(begin, at_ - begin);
  }

  std::string value() {
    const auto equals = html_.find_first_not_of(html_white_space, at_);
    if (equals == std::string_view::npos || html_[equals] != '=') return {};
    at_ = std::min(html_.find_first_not_of(html_white_space, equals + 1), html_.size());
    if (at_ == html_.size()) return {};
    const char quote = html_[at_];
    if (quote != '"' && quote != '\'') return decoded_entities(until(" \t\r\n\f>"));
    ++at_;
    const auto text = until(std::string_view(&quote, 1));
    at_ = std::min(at_ + 1, html_.size());
    return decoded_entities(text);
  }

  std::string_view html_;
  std::size_t at_;
};

// The index after the element <script> or <style> whose start tag ends at `from`.
std::size_t after_element(std::string_view html, std::size_t from, const std::string& name) {
  for (auto at = html.find("</", from); at != std::string_view::npos; at = html.find("</", at + 2))
    if (lower(html.substr(at + 2, name.size())) == name) return at;
  return html.size();
}

}  // namespace

std::optional<std::string> HtmlTag::attribute(std::string_view wanted) const {
  const auto found =
      std::ranges::find(attributes, wanted, [](const auto& attribute) { return std::string_view(attribute.first); });
  if (found == attributes.end()) return std::nullopt;
  return found->second;
}

std::optional<HtmlTag> next_tag(std::string_view html, std::size_t from) {
  while ((from = html.find('<', from)) != std::string_view::npos) {
    const auto rest = html.substr(from);
    if (rest.starts_with("<!--")) {
      from = std::min(html.find("-->", from + 4), html.size());
      continue;
    }
    const auto name_end = std::min(html.find_first_of(" \t\r\n\f/>", from + 1), html.size());
    HtmlTag tag{.name = lower(html.substr(from + 1, name_end - from - 1))};
    if (tag.name.empty() || tag.name.front() < 'a' || tag.name.front() > 'z') {
      ++from;
      continue;
    }
    if (!AttributeReader(html, name_end).read(tag)) return std::nullopt;
    if (tag.name != "script" && tag.name != "style") return tag;
    from = after_element(html, tag.end, tag.name);
  }
  return std::nullopt;
}

std::string text_at(std::string_view html, std::size_t from) {
  const auto text = html.substr(std::min(from, html.size()));
  return std::string(trim(decoded_entities(text.substr(0, text.find('<')))));
}

std::string decoded_entities(std::string_view text) {
  constexpr std::size_t longest = 10;
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '&') {
      const auto end = text.substr(i, longest).find(';');
      const auto character = end == std::string_view::npos ? std::string() : character_of(text.substr(i + 1, end - 1));
      if (!character.empty()) {
        decoded += character;
        i += end;
        continue;
      }
    }
    decoded += text[i];
  }
  return decoded;
}

}  // namespace lapstrake::packages::pip
