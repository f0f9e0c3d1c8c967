// The form of a container's image reference. The registry's own view is another room's.
#include <algorithm>
#include <lapstrake/base/text.hpp>

#include "json_text.hpp"
#include "task_rules.hpp"

namespace lapstrake::aws {
namespace {

struct Parts {
  std::string_view name, tag, digest;
};

Parts parts_of(std::string_view image) {
  Parts parts{.name = image.substr(0, image.find('@')), .tag = {}, .digest = {}};
  if (parts.name.size() < image.size()) parts.digest = image.substr(parts.name.size() + 1);
  const auto slash = parts.name.rfind('/');
  const auto colon = parts.name.find(':', slash == std::string_view::npos ? 0 : slash);
  if (colon != std::string_view::npos) {
    parts.tag = parts.name.substr(colon + 1);
    parts.name = parts.name.substr(0, colon);
  }
  return parts;
}

bool is_digest(std::string_view text) {
  const bool is_hex = text.size() > 7 && text.substr(7).find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return (text.starts_with("sha256:") && text.size() == 7 + 64 && is_hex) ||
         (text.starts_with("sha512:") && text.size() == 7 + 128 && is_hex);
}

// The repository, without a host in front of it.
std::string_view repository_of(std::string_view name) {
  const auto host = name.substr(0, name.find('/'));
  const bool is_host =
      host.size() < name.size() && (host.find_first_of(".:") != std::string_view::npos || host == "localhost");
  return is_host ? name.substr(host.size() + 1) : name;
}

struct Complaint {
  std::string_view why, help;
};

std::optional<Complaint> complaint_about(std::string_view image) {
  if (image.find("${") != std::string_view::npos)
    return Complaint{"holds a variable that nothing has filled in", "name an image of this spec, or write a reference"};
  if (image.find("://") != std::string_view::npos)
    return Complaint{"begins with a scheme", "write `host/repository:tag`, without `https://`"};
  if (image.find_first_of(" \t\r\n") != std::string_view::npos)
    return Complaint{"holds white space", "write `host/repository:tag`"};
  const auto parts = parts_of(image);
  const auto repository = repository_of(parts.name);
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (std::any_of(repository.begin(), repository.end(), is_upper))
    return Complaint{"has capital letters in its repository", "repositories are written in small letters"};
  if (repository.empty() || !is_word(repository, "._-/") || image.ends_with(':') || image.ends_with('@'))
    return Complaint{"is no reference of an image", "write `host/repository:tag`"};
  if (!parts.tag.empty() && (!is_word(parts.tag, "._-") || parts.tag.size() > 128))
    return Complaint{"has a tag that no registry takes", "at most 128 letters, digits, `.`, `_` and `-`"};
  if (!parts.digest.empty() && !is_digest(parts.digest))
    return Complaint{"has no valid digest behind the `@`", "write `@sha256:` and 64 hexadecimal digits"};
  return std::nullopt;
}

void image(const Scene&, const Container& container, Findings& findings) {
  const auto pointer = container.pointer + "/image";
  const auto image = text_of(container.value, "image");
  if (image.empty()) {
    findings.error(pointer, cat("container `", container.name, "` has no `image`"),
                   "add `image: ${images.NAME}` or a reference");
    return;
  }
  if (!placeholder_in(image).empty()) return;
  if (const auto complaint = complaint_about(image))
    findings.error(pointer, cat("the image `", image, "` of `", container.name, "` ", complaint->why),
                   std::string(complaint->help));
  else if (const auto parts = parts_of(image); parts.tag.empty() && parts.digest.empty())
    findings.warning(
        pointer,
        cat("the image `", image, "` of `", container.name, "` has neither tag nor digest, so `latest` is meant"),
        "pin it: `host/repository:tag@sha256:...`");
}

constexpr ContainerRule each_container[]{image};

}  // namespace

Rules image_rules() { return {{}, each_container}; }

}  // namespace lapstrake::aws
