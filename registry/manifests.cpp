#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/registry/client.hpp>
#include <nlohmann/json.hpp>

#include "error_response.hpp"
#include "registry_http.hpp"

namespace lapstrake::registry {
namespace {

using namespace oci::media_type;

constexpr std::size_t most_manifest = 8u << 20;

std::string accepted() { return cat(manifest, ", ", index, ", ", docker_manifest, ", ", docker_index); }

std::string checked(const std::string& tag_or_digest) {
  if (!oci::is_tag(tag_or_digest) && !oci::Digest::parse(tag_or_digest))
    throw Error(ErrorKind::usage, cat("`", printable(tag_or_digest, 256), "` is neither a tag nor a digest"),
                "a tag has at most 128 letters, digits, `.`, `_` and `-`, and does not begin with `.` or `-`");
  return tag_or_digest;
}

// "host/name:tag" or "host/name@sha256:..."
std::string named(const std::string& repository, const std::string& tag_or_digest) {
  return cat(repository, oci::Digest::parse(tag_or_digest) ? "@" : ":", tag_or_digest);
}

// Some registries serve manifests as "application/json" or without a type: then the text's own mediaType counts.
std::string media_type_of(const http::Response& response, std::string_view text, const std::string& what) {
  const auto field = response.headers.find("Content-Type").value_or("");
  const std::string said(trim(oci::without_parameters(field)));
  if (oci::is_manifest(said) || oci::is_index(said)) return said;
  const auto document = parse_json(text, what, {.most_bytes = most_manifest});
  if (document.is_object() && document.contains("mediaType") && document["mediaType"].is_string())
    return document["mediaType"].get<std::string>();
  throw Error(ErrorKind::integrity, cat(what, " has an unknown media type: `", printable(said, 128), "`"),
              "Docker schema 1 is not supported: push the image again with a current tool");
}

bool is_immutable(const http::Response& response, const ErrorResponse& said) {
  return said.has("TAG_INVALID") || said.has("TAG_IMMUTABLE") || said.mentions("imagetagalreadyexists") ||
         said.mentions("immutable") || response.status == 409;
}

bool lacks_content(const ErrorResponse& said) {
  return said.has("MANIFEST_BLOB_UNKNOWN") || said.has("BLOB_UNKNOWN") || said.has("MANIFEST_UNKNOWN") ||
         said.mentions("layersnotfound") || said.mentions("referencedimagesnotfound");
}

// The current manifest; nothing at all without read permission: a role may have permission to push but not to read
// (ECR's older policies).
std::optional<std::optional<oci::Descriptor>> find_if_allowed(const Repository& repository,
                                                              const std::string& tag_or_digest) {
  try {
    return repository.find_manifest(tag_or_digest);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::access) throw;
    return std::nullopt;
  }
}

// The result of a HEAD; nothing when its headers are incomplete or the registry does not support HEAD.
struct Found {
  std::optional<oci::Descriptor> manifest;
};
std::optional<Found> head_manifest(RegistryHttp& registry, const std::string& tag_or_digest, Tries tries) {
  const http::Request request{.method = "HEAD",
                              .url = registry.url(cat("manifests/", checked(tag_or_digest))),
                              .headers = {{"Accept", accepted()}}};
  const auto response = registry.send(request, Access::pull, Redirects::follow, tries);
  if (response.status == 404) return Found{};
  if (response.status == 405) return std::nullopt;
  if (response.status != 200)
    throw registry.error_of(response, cat("cannot read `", named(registry.name(), tag_or_digest), "`"));
  const auto length = parse_integer(response.headers.find("Content-Length").value_or(""));
  const auto digest = oci::Digest::parse(response.headers.find("Docker-Content-Digest").value_or(""));
  const std::string type(trim(oci::without_parameters(response.headers.find("Content-Type").value_or(""))));
  if (!digest || !length || *length <= 0 || !(oci::is_manifest(type) || oci::is_index(type))) return std::nullopt;
  return Found{oci::Descriptor{.media_type = type, .digest = *digest, .size = static_cast<std::uint64_t>(*length)}};
}

http::Response ask_manifest(RegistryHttp& registry, const std::string& tag_or_digest) {
  const auto url = registry.url(cat("manifests/", checked(tag_or_digest)));
  return registry.send({.url = url, .headers = {{"Accept", accepted()}}, .most_reply = most_manifest}, Access::pull);
}

Repository::Text checked_text(RegistryHttp& registry, http::Response response, const std::string& tag_or_digest) {
  const auto what = cat("`", named(registry.name(), tag_or_digest), "`");
  if (response.status != 200) throw registry.error_of(response, cat("cannot read ", what));
  const auto digest = oci::Digest::of(response.body);
  if (const auto asked = oci::Digest::parse(tag_or_digest); asked && *asked != digest)
    throw Error(ErrorKind::integrity,
                cat("`", registry.host(), "` sent content with the wrong digest for ", what, ": ", digest.text()));
  auto type = media_type_of(response, response.body, what);
  const auto size = response.body.size();
  return {std::move(response.body), {.media_type = std::move(type), .digest = digest, .size = size}};
}

struct ManifestPut {
  std::string name;  // a tag or the digest
  oci::Digest digest;
  bool by_tag;
  std::string what;  // the Error's first line
  const std::string& text;
  const std::string& media_type;

  bool is(const std::optional<oci::Descriptor>& found) const { return found && found->digest == digest; }
  // After an error for an immutable tag. True: the tag already has this manifest. Error with both digests: it has
  // another.
  bool is_already_set(const std::optional<oci::Descriptor>& found, std::string_view said) const {
    if (!found || is(found)) return found.has_value();
    throw Error(ErrorKind::network, what, cat("push under another tag, or delete `", name, "` in the registry first"))
        .because(cat("the tag `", name, "` cannot be overwritten: it is ", found->digest.text(), ", and this image is ",
                     digest.text(), " (", said, ")"));
  }
};

// Has the manifest arrived, although its reply was lost?
bool has_arrived(RegistryHttp& registry, const ManifestPut& put) {
  try {
    const auto found = head_manifest(registry, put.name, Tries::one);
    return found && put.is(found->manifest);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::access) throw;
    return false;  // a role with permission to push but not to read
  }
}

http::Response send_manifest(RegistryHttp& registry, const ManifestPut& put) {
  const http::Request request{.method = "PUT",
                              .url = registry.url(cat("manifests/", put.name)),
                              .headers = {{"Content-Type", put.media_type}},
                              .body = put.text};
  return registry.retrying([&] {
    try {
      return registry.attempt(request, Access::push);
    } catch (const Error& error) {
      if (!error.is_transient() || error.code() == ErrorCode::throttled || !has_arrived(registry, put)) throw;
      return http::Response{.status = 201};
    }
  });
}

// Checks that the registry has the manifest. A replica may need a moment and show the tag as it was `before` until
// then.
void confirm(const Repository& repository, const ManifestPut& put, const std::optional<oci::Descriptor>& before) {
  for (const int wait : std::array{200, 500, 1000, 2000, 0}) {
    const auto found = find_if_allowed(repository, put.name);
    if (!found || put.is(*found)) return;
    if (*found && put.by_tag && !(before && before->digest == (*found)->digest && wait > 0))
      throw Error(ErrorKind::integrity, put.what)
          .because(cat("the tag is ", (*found)->digest.text(), " after it was set to ", put.digest.text(),
                       ": another push changed it, or the registry is faulty"));
    if (wait > 0) repository.runtime().sleep(std::chrono::milliseconds(wait));
  }
  throw Error(ErrorKind::integrity, put.what).because("the registry accepted the manifest but does not have it");
}

}  // namespace

std::optional<oci::Descriptor> Repository::find_manifest(const std::string& tag_or_digest) const {
  if (const auto found = head_manifest(*http_, tag_or_digest, Tries::by_policy)) return found->manifest;
  auto response = ask_manifest(*http_, tag_or_digest);
  if (response.status == 404) return std::nullopt;
  return checked_text(*http_, std::move(response), tag_or_digest).descriptor;
}

Repository::Text Repository::get_manifest(const std::string& tag_or_digest) const {
  return checked_text(*http_, ask_manifest(*http_, tag_or_digest), tag_or_digest);
}

void Repository::put_manifest(const std::string& tag_or_digest, const std::string& text,
                              const std::string& media_type) const {
  const ManifestPut put{.name = checked(tag_or_digest),
                        .digest = oci::Digest::of(text),
                        .by_tag = !oci::Digest::parse(tag_or_digest),
                        .what = cat("cannot push `", named(name(), tag_or_digest), "`"),
                        .text = text,
                        .media_type = media_type};
  if (!put.by_tag && put.name != put.digest.text())
    throw Error(ErrorKind::internal, cat(put.what, ": its text has the digest ", put.digest.text()));
  const auto before = find_if_allowed(*this, put.name);
  if (before && put.is(*before)) return;
  const auto response = send_manifest(*http_, put);
  if (response.status < 200 || response.status > 204) {
    const auto said = parse_error_response(response);
    if (put.by_tag && is_immutable(response, said) && put.is_already_set(find_manifest(put.name), said.message)) return;
    auto error = http_->error_of(response, put.what);
    if (lacks_content(said))
      error.because(cat("the registry lacks content of the manifest: ", said.message))
          .with_code(ErrorCode::missing_content);
    throw error;
  }
  if (const auto theirs = response.headers.find("Docker-Content-Digest"); theirs && *theirs != put.digest.text())
    throw Error(ErrorKind::integrity, put.what)
        .because(cat("sent ", put.digest.text(), ", but the registry stored ", printable(*theirs, 128)));
  confirm(*this, put, before.value_or(std::nullopt));
}

}  // namespace lapstrake::registry
