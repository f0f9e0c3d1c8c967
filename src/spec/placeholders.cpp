#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/placeholders.hpp>

#include "pieces.hpp"

namespace lapstrake::spec {
namespace {

constexpr std::string_view images = "images.";

Piece piece_at(std::string_view rest) {
  using Kind = Piece::Kind;
  if (rest.starts_with("$${")) return {.kind = Kind::escape, .text = rest.substr(0, 3), .name = {}};
  if (rest.starts_with("${")) {
    const auto end = rest.find('}');
    if (end == std::string_view::npos) return {.kind = Kind::open, .text = rest, .name = {}};
    return {.kind = Kind::variable, .text = rest.substr(0, end + 1), .name = rest.substr(2, end - 2)};
  }
  std::size_t end = 1;
  while (end < rest.size() && !rest.substr(end).starts_with("${") && !rest.substr(end).starts_with("$${")) ++end;
  return {.kind = Kind::plain, .text = rest.substr(0, end), .name = {}};
}

}  // namespace

std::vector<Piece> pieces(std::string_view text) {
  std::vector<Piece> out;
  while (!text.empty()) {
    out.push_back(piece_at(text));
    text.remove_prefix(out.back().text.size());
  }
  return out;
}

std::string fill_platform(std::string_view text, const oci::Platform& platform) {
  std::string out(text);
  out = replace_all(std::move(out), "${platform.arch}", platform.architecture);
  out = replace_all(std::move(out), "${platform.os}", platform.os);
  return replace_all(std::move(out), "${platform.variant}", platform.variant);
}

std::string fill_images(std::string_view text, const std::function<std::string(const std::string&)>& reference) {
  std::string out;
  const auto parts = pieces(text);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& part = parts[i];
    if (part.kind == Piece::Kind::variable && part.name.starts_with(images))
      out += reference(std::string(part.name.substr(images.size())));
    else if (part.kind == Piece::Kind::escape && i + 1 < parts.size() && parts[i + 1].text.starts_with(images))
      out += "${";
    else
      out += part.text;
  }
  return out;
}

}  // namespace lapstrake::spec
