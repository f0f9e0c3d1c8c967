// References to images: in registries, layouts and archives.
#pragma once
#include <filesystem>
#include <lapstrake/oci/digest.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace lapstrake::oci {

// host/repository[:tag][@digest] (distribution-spec "Pulling manifests": name and tag grammar; docker's rules for
// hosts: a first component with `.` or `:` or "localhost" is a host; "nginx" is docker.io/library/nginx).
struct RegistryReference {
  std::string host;        // "registry.example:5000", lower case
  std::string repository;  // "team/web"
  std::string tag = {};    // empty when absent
  std::optional<Digest> digest = {};
  std::string text() const;
  bool operator==(const RegistryReference&) const = default;
};

// oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:NAME:TAG]. As in skopeo the path ends at the first `:`,
// so a path cannot contain one, and TAG may be a whole reference ("r.example:5000/web:v1"), as other tools write it.
struct DiskReference {
  enum class Form { layout, oci_archive, docker_archive };
  Form form = Form::layout;
  std::filesystem::path path;
  std::string tag = {};  // empty when absent; for a docker-archive the whole "name:tag"
  std::string text() const;
  bool operator==(const DiskReference&) const = default;
};

using Reference = std::variant<RegistryReference, DiskReference>;

// Error{usage} that quotes `text`, names the broken rule and shows the valid forms.
Reference parse_reference(std::string_view text);
// With a path on disk relative to `folder`.
Reference parse_reference(std::string_view text, const std::filesystem::path& folder);
RegistryReference parse_registry_reference(std::string_view text);
DiskReference parse_disk_reference(std::string_view text);
std::string text(const Reference& reference);
bool is_tag(std::string_view text);         // [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}
bool is_repository(std::string_view text);  // distribution-spec's <name>, at most 255 bytes

// An immutable reference, which `push` prints and ECS runs: "host/repo:tag@sha256:..." (the ECS agent ignores the tag).
struct PinnedReference {
  std::string host, repository, tag;
  Digest digest;
  std::string text() const;
};

}  // namespace lapstrake::oci
