#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/reference.hpp>
#include <utility>

namespace lapstrake::oci {
namespace {

constexpr std::pair<std::string_view, DiskReference::Form> disk_forms[] = {
    {"oci:", DiskReference::Form::layout},
    {"oci-archive:", DiskReference::Form::oci_archive},
    {"docker-archive:", DiskReference::Form::docker_archive}};

[[noreturn]] void refuse_reference(std::string_view text, std::string_view why) {
  throw Error(ErrorKind::usage, cat("`", printable(text, 300), "` is not an image reference"),
              "write host/repository:tag, host/repository@sha256:..., oci:DIR[:TAG], oci-archive:FILE[:TAG] or "
              "docker-archive:FILE[:NAME:TAG]")
      .because(std::string(why));
}

bool is_lower_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_tag_start(char c) { return is_lower_alnum(c) || (c >= 'A' && c <= 'Z') || c == '_'; }

// One of `.`, `_`, `__` or any number of `-` (distribution-spec, "Pulling manifests").
bool is_separator(std::string_view text) {
  return text == "." || text == "_" || text == "__" ||
         (!text.empty() && std::ranges::all_of(text, [](char c) { return c == '-'; }));
}

bool is_name_component(std::string_view text) {
  if (text.empty() || !is_lower_alnum(text.front()) || !is_lower_alnum(text.back())) return false;
  for (std::size_t at = 0; at < text.size();) {
    const auto from = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_lower_alnum);
    const auto to = std::find_if(from, text.end(), is_lower_alnum);
    if (from != to && !is_separator({from, to})) return false;
    at = static_cast<std::size_t>(to - text.begin());
  }
  return true;
}

std::string repository_mistake(std::string_view text) {
  if (text.empty()) return "the repository is missing";
  if (text.size() > 255) return "the repository is longer than 255 bytes";
  if (std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'Z'; }))
    return cat("the repository `", printable(text, 120), "` has upper case letters");
  if (text.front() == '/' || text.back() == '/' || text.find("//") != std::string_view::npos)
    return cat("the repository `", printable(text, 120), "` has an empty part");
  return cat("the repository `", printable(text, 120),
             "` may only contain lower case letters and digits, joined by `.`, `_`, `__`, `-` or `/`");
}

bool is_port(std::string_view text) {
  const auto port = parse_integer(text);
  return port && std::ranges::all_of(text, is_digit) && *port >= 1 && *port <= 65535;
}

bool is_host_name(std::string_view name) {
  if (name.starts_with('[') && name.ends_with(']'))
    return name.size() > 2 && std::ranges::all_of(name.substr(1, name.size() - 2), [](char c) {
             return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
           });
  const auto labels = split(name, '.');
  return std::ranges::all_of(labels, [](const std::string& label) {
    return !label.empty() && label.front() != '-' && label.back() != '-' &&
           std::ranges::all_of(label, [](char c) { return is_lower_alnum(c) || c == '-'; });
  });
}

bool is_host(std::string_view host) {
  const auto colon = host.rfind(':');
  if (colon == std::string_view::npos || host.ends_with(']')) return is_host_name(host);
  return is_host_name(host.substr(0, colon)) && is_port(host.substr(colon + 1));
}

// The part of `rest` after the last `at` that stands behind the last slash; `rest` loses it.
std::optional<std::string_view> cut_tail(std::string_view& rest, char at) {
  const auto slash = rest.rfind('/');
  const auto found = rest.rfind(at);
  if (found == std::string_view::npos || (slash != std::string_view::npos && found < slash)) return std::nullopt;
  const auto tail = rest.substr(found + 1);
  rest = rest.substr(0, found);
  return tail;
}

void refuse_foreign_forms(std::string_view text) {
  if (text.empty()) refuse_reference(text, "it is empty");
  if (std::ranges::any_of(text, [](char c) { return c == ' ' || c == '\t' || c == '\n'; }))
    refuse_reference(text, "it contains white space");
  if (text.find("://") != std::string_view::npos)
    refuse_reference(text, cat("remove the leading `", printable(text.substr(0, text.find("://") + 3), 40), "`"));
  for (const std::string_view form : {"docker-daemon:", "containers-storage:", "dir:"})
    if (text.starts_with(form)) refuse_reference(text, cat("`", form, "` is not supported"));
  if (Digest::parse(text)) refuse_reference(text, "a digest needs a host and a repository before it");
}

// docker's rule: the first part is a host if it has a `.` or `:` or is "localhost"; what has no host is on Docker Hub.
void split_host(std::string_view rest, RegistryReference& out) {
  const auto slash = rest.find('/');
  const auto first = rest.substr(0, slash);
  if (slash != std::string_view::npos &&
      (first.find_first_of(".:") != std::string_view::npos || first == "localhost")) {
    out.host = lower(first);
    out.repository = std::string(rest.substr(slash + 1));
  } else {
    out.host = "docker.io";
    out.repository = std::string(rest);
  }
  if (out.host == "index.docker.io") out.host = "docker.io";
  if (out.host == "docker.io" && out.repository.find('/') == std::string::npos && !out.repository.empty())
    out.repository.insert(0, "library/");
}

// containers/image's grammar for names in layouts: full references fit too.
bool is_layout_tag(std::string_view text) {
  if (text.empty() || text.size() > 1024) return false;
  return std::ranges::all_of(
      text, [](char c) { return is_tag_start(c) || std::string_view("-.:@+/").find(c) != std::string_view::npos; });
}

}  // namespace

bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= 128 && is_tag_start(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_tag_start(c) || c == '.' || c == '-'; });
}

bool is_repository(std::string_view text) {
  if (text.size() > 255) return false;
  const auto components = split(text, '/');
  return std::ranges::all_of(components, is_name_component);
}

RegistryReference parse_registry_reference(std::string_view text) {
  refuse_foreign_forms(text);
  for (const auto& [prefix, form] : disk_forms)
    if (text.starts_with(prefix))
      refuse_reference(text, cat("`", prefix, "` names an image on disk, but an image in a registry is required here"));
  RegistryReference out;
  std::string_view rest = text;
  if (const auto at = rest.find('@'); at != std::string_view::npos) {
    out.digest = Digest::parse(rest.substr(at + 1));
    if (!out.digest) refuse_reference(text, "`@` must be followed by `sha256:` and 64 lower case hex digits");
    rest = rest.substr(0, at);
  }
  if (const auto tag = cut_tail(rest, ':')) {
    if (!is_tag(*tag))
      refuse_reference(text, cat("the tag `", printable(*tag, 140),
                                 "` may only contain letters, digits, `_`, `.` and `-`, 128 at most"));
    out.tag = std::string(*tag);
  }
  split_host(rest, out);
  if (!is_host(out.host))
    refuse_reference(text, cat("`", printable(out.host, 120), "` is not a valid host name or address"));
  if (!is_repository(out.repository)) refuse_reference(text, repository_mistake(out.repository));
  return out;
}

DiskReference parse_disk_reference(std::string_view text) {
  for (const auto& [prefix, form] : disk_forms) {
    if (!text.starts_with(prefix)) continue;
    const auto rest = text.substr(prefix.size());
    const auto colon = rest.find(':');
    DiskReference out{.form = form, .path = rest.substr(0, colon)};
    if (colon != std::string_view::npos) out.tag = std::string(rest.substr(colon + 1));
    if (out.path.empty()) refuse_reference(text, cat("the path after `", prefix, "` is missing"));
    if (colon != std::string_view::npos && !is_layout_tag(out.tag))
      refuse_reference(text,
                       cat("`", printable(out.tag, 140),
                           "` after the first `:` of the path is not a valid tag (paths with `:` are not supported)"));
    if (form == DiskReference::Form::docker_archive && !out.tag.empty() &&
        parse_registry_reference(out.tag).tag.empty())
      refuse_reference(text, "an image in a docker-archive is named NAME:TAG");
    return out;
  }
  refuse_reference(text, "it does not start with `oci:`, `oci-archive:` or `docker-archive:`");
}

Reference parse_reference(std::string_view text) {
  for (const auto& [prefix, form] : disk_forms)
    if (text.starts_with(prefix)) return parse_disk_reference(text);
  return parse_registry_reference(text);
}

Reference parse_reference(std::string_view text, const std::filesystem::path& folder) {
  auto reference = parse_reference(text);
  if (auto* disk = std::get_if<DiskReference>(&reference)) disk->path = (folder / disk->path).lexically_normal();
  return reference;
}

std::string RegistryReference::text() const {
  return cat(host, "/", repository, tag.empty() ? "" : ":", tag, digest ? "@" : "", digest ? digest->text() : "");
}

std::string DiskReference::text() const {
  for (const auto& [prefix, known] : disk_forms)
    if (known == form) return cat(prefix, path.string(), tag.empty() ? "" : ":", tag);
  throw Error(ErrorKind::internal, "a disk reference has an unknown form");
}

std::string PinnedReference::text() const {
  return cat(host, "/", repository, tag.empty() ? "" : ":", tag, "@", digest.text());
}

std::string text(const Reference& reference) {
  return std::visit([](const auto& form) { return form.text(); }, reference);
}

}  // namespace lapstrake::oci
