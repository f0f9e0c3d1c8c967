#include <lapstrake/base/text.hpp>
#include <lapstrake/spec/placeholders.hpp>

#include "text_parts.hpp"

namespace lapstrake::spec {
namespace {

constexpr std::string_view images_prefix = "images.";

}  // namespace

std::string fill_platform(std::string_view text, const oci::Platform& platform) {
  std::string out(text);
  out = replace_all(std::move(out), "${platform.arch}", platform.architecture);
  out = replace_all(std::move(out), "${platform.os}", platform.os);
  return replace_all(std::move(out), "${platform.variant}", platform.variant);
}

std::string fill_images(std::string_view text, const std::function<std::string(const std::string&)>& reference) {
  std::string out;
  const auto parts = text_parts(text);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& part = parts[i];
    if (part.kind == TextPart::Kind::variable && part.name.starts_with(images_prefix))
      out += reference(std::string(part.name.substr(images_prefix.size())));
    else if (part.kind == TextPart::Kind::escape && i + 1 < parts.size() &&
             parts[i + 1].text.starts_with(images_prefix))
      out += "${";
    else
      out += part.text;
  }
  return out;
}

}  // namespace lapstrake::spec
