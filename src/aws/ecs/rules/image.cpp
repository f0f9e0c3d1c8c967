// The form of a container's image reference. The registry's own view is another room's.
#include <algorithm>
#include <array>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/text.hpp>

#include "rules.hpp"
#include "words.hpp"

namespace lapstrake::aws {
namespace {

using namespace std::string_view_literals;

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

bool is_small(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// One of `.`, `_`, `__` or any number of `-` (distribution-spec, "Pulling manifests").
bool is_separator(std::string_view text) {
  return text == "." || text == "_" || text == "__" || text.find_first_not_of('-') == std::string_view::npos;
}

// Letters and digits, joined by single separators.
bool is_part(std::string_view text) {
  if (text.empty() || !is_small(text.front()) || !is_small(text.back())) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto from = at;
    while (!is_small(text[at])) ++at;
    if (from != at && !is_separator(text.substr(from, at - from))) return false;
  }
  return true;
}

bool is_repository(std::string_view text) {
  const auto parts = split(text, '/');
  return text.size() <= 255 && std::all_of(parts.begin(), parts.end(), is_part);
}

bool is_host(std::string_view text) {
  const auto bracket = text.rfind(']');  // of an IPv6 address
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const auto name = text.substr(0, colon);
  const auto port = colon == std::string_view::npos ? 1 : parse_integer(text.substr(colon + 1)).value_or(0);
  const bool is_name = !name.starts_with('.') && !name.ends_with('.') && name.find("..") == std::string_view::npos;
  return is_word(name, ".-[]:") && is_name && port >= 1 && port <= 65535;
}

// What names an image for skopeo and the like, but not for ECS.
bool is_on_disk(std::string_view image) {
  constexpr std::array<std::string_view, 6> forms{
      "oci:", "oci-archive:", "docker-archive:", "docker-daemon:", "dir:", "containers-storage:"};
  return std::any_of(forms.begin(), forms.end(), [&](auto form) { return image.starts_with(form); });
}

struct Complaint {
  std::string_view why, help;
};

std::optional<Complaint> complaint_about_name(std::string_view name) {
  const auto repository = repository_of(name);
  if (std::any_of(repository.begin(), repository.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
    return Complaint{"has upper-case letters in its repository", "repository names are lower-case"};
  if (repository.size() < name.size() && !is_host(name.substr(0, name.size() - repository.size() - 1)))
    return Complaint{"has an invalid host", "write `host/repository:tag`"};
  if (!is_repository(repository)) return Complaint{"is not a valid image reference", "write `host/repository:tag`"};
  return std::nullopt;
}

std::optional<Complaint> complaint_about(std::string_view image) {
  if (image.find("${") != std::string_view::npos)
    return Complaint{"contains an undefined variable", "use an image of this spec, or write a reference"};
  if (image.find("://") != std::string_view::npos)
    return Complaint{"starts with a URL scheme", "write `host/repository:tag`, without `https://`"};
  if (image.find_first_of(" \t\r\n") != std::string_view::npos)
    return Complaint{"contains white space", "write `host/repository:tag`"};
  if (is_on_disk(image))
    return Complaint{"is on disk, but ECS pulls from registries",
                     "push it and write `host/repository:tag`, or `${images.NAME}` for an image of this spec"};
  if (is_digest(image)) return Complaint{"is only a digest", "write `host/repository@sha256:...`"};
  if (image.ends_with(':') || image.ends_with('@'))
    return Complaint{"is not a valid image reference", "write `host/repository:tag`"};
  const auto parts = parts_of(image);
  if (const auto complaint = complaint_about_name(parts.name)) return complaint;
  if (!parts.tag.empty() &&
      (!is_word(parts.tag, "._-") || parts.tag.size() > 128 || ".-"sv.find(parts.tag[0]) != ".-"sv.npos))
    return Complaint{"has an invalid tag",
                     "use at most 128 letters, digits, `.`, `_` and `-`, and start with a letter, a digit or `_`"};
  if (!parts.digest.empty() && !is_digest(parts.digest))
    return Complaint{"has an invalid digest after the `@`", "write `@sha256:` and 64 hexadecimal digits"};
  return std::nullopt;
}

void image(const TaskContext&, const Container& container, Findings& findings) {
  const auto pointer = container.pointer + "/image";
  if (!is_text_or_absent(container.value, "image")) return;
  const auto image = text_of(container.value, "image");
  if (image.empty()) {
    findings.error(pointer, cat("container `", container.name, "` has no `image`"),
                   "add `image: ${images.NAME}` or a reference");
    return;
  }
  if (!placeholder_in(image).empty()) return;
  if (parts_of(image).digest.starts_with("sha512:"))
    findings.documented(Documented::image_digest, pointer,
                        cat("the image `", image, "` of `", container.name, "` has a sha512 digest"),
                        "ECS accepts only sha256 digests");
  if (const auto complaint = complaint_about(image))
    findings.error(pointer, cat("the image `", image, "` of `", container.name, "` ", complaint->why),
                   std::string(complaint->help));
  else if (const auto parts = parts_of(image); parts.tag.empty() && parts.digest.empty())
    findings.warning(
        pointer,
        cat("the image `", image, "` of `", container.name, "` has neither tag nor digest, so `latest` is used"),
        "pin it: `host/repository:tag@sha256:...`");
}

constexpr ContainerRule image_container_rules[]{image};

}  // namespace

Rules image_rules() { return {{}, image_container_rules}; }

}  // namespace lapstrake::aws
