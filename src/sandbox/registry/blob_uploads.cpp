// Blob uploads: sessions, parts, mounts.
#include <algorithm>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/registry/distribution.hpp>
#include <lapstrake/sandbox/registry/replies.hpp>

#include "route.hpp"

namespace lapstrake::sandbox {
namespace {

// Where ECR's Range stops growing, though the bytes are stored (aws/containers-roadmap#2831).
constexpr std::uint64_t range_sticks_at = 10'485'760;

std::optional<std::uint64_t> range_start(const RequestHead& head) {
  const auto range = head.headers.find("Content-Range");
  if (!range) return std::nullopt;
  // "a-b" as the distribution API has it; "bytes a-b/c" is what some clients send.
  const auto text = trim(range->starts_with("bytes ") ? std::string_view(*range).substr(6) : std::string_view(*range));
  return parse_count(text.substr(0, text.find('-')));
}

std::string range_of(std::uint64_t size) { return cat("0-", size == 0 ? 0 : std::min(size, range_sticks_at) - 1); }

// ECR mounts if the account enables it, within one registry, between repositories with the same encryption, and only
// blobs that a manifest of the source names (ECR user guide, "Blob mounting"; aws/containers-roadmap#2860).
bool mounts(Repositories::Account& account, Repository& target, const std::string& digest, const std::string& from) {
  const auto source = account.repositories.find(from);
  if (!account.blob_mounting || digest.empty() || source == account.repositories.end()) return false;
  const auto& [name, repository] = *source;
  const auto blob = repository.blobs.find(digest);
  const bool is_alike = repository.settings.encryption == target.settings.encryption &&
                        repository.settings.kms_key == target.settings.kms_key;
  const bool is_named =
      std::any_of(repository.manifests.begin(), repository.manifests.end(), [&](const auto& manifest) {
        const auto& blobs = manifest.second.blobs;
        return std::find(blobs.begin(), blobs.end(), digest) != blobs.end();
      });
  if (blob == repository.blobs.end() || !is_alike || !is_named) return false;
  target.blobs[digest] = blob->second;
  return true;
}

Response stored(const RequestHead& head, const Route& route, const std::string& digest) {
  Response response = plain_reply(201);
  response.headers.set("Location", cat(head.origin(), "/v2/", route.name, "/blobs/", digest));
  response.headers.set("Docker-Content-Digest", digest);
  return response;
}

}  // namespace

Response Distribution::begin_upload(const RequestHead& head, const Route& route, const RequestContext& context) {
  const std::string mount = query_value(head.query, "mount"), from = query_value(head.query, "from");
  enum class Found { nothing, repository, blob };
  const auto found = repositories_.with_account(context.account, context.region, [&](auto& account) {
    auto* repository = repositories_.for_push(account, route.name, context.now, create_);
    if (repository == nullptr) return Found::nothing;
    return mounts(account, *repository, mount, from) ? Found::blob : Found::repository;
  });
  if (found == Found::nothing) {
    if (context.is_public()) return error_reply(404, "NAME_UNKNOWN", no_such_repository(route.name, "public"));
    return {.delivery = Response::Delivery::hang_up};  // aws/containers-roadmap#1970: no reply at all
  }
  if (found == Found::blob) return stored(head, route, mount);
  // `digest` changes nothing: uploads take two requests.
  const std::string id = uploads_.begin(route.name);
  Response response = plain_reply(202);
  response.headers.set("Location", cat(head.origin(), "/v2/", route.name, "/blobs/uploads/", id));
  response.headers.set("Docker-Upload-UUID", id);
  response.headers.set("Range", "0-0");
  return response;
}

Response Distribution::upload(const RequestHead& head, const BodyReader& body, const Route& route,
                              const RequestContext& context) {
  const auto unknown = [] {
    return error_reply(404, "BLOB_UPLOAD_UNKNOWN", "The upload was not found: it ended or never was");
  };
  const bool closing = head.method == "PUT";
  if (head.method == "GET") {
    if (context.is_public()) return unknown();  // dotnet/sdk#33019
    const auto size = uploads_.size(route.reference, route.name);
    if (!size) return unknown();
    Response response = plain_reply(204);
    response.headers.set("Range", range_of(*size));
    return response;
  }
  if (head.method == "DELETE") return uploads_.cancel(route.reference, route.name) ? plain_reply(204) : unknown();
  if (!closing && head.method != "PATCH") return not_allowed(head);
  const auto outcome = uploads_.append(
      route.reference, route.name, closing ? Uploads::Kind::closing : Uploads::Kind::chunk, range_start(head), body);
  if (outcome.kind == Uploads::Outcome::Kind::unknown) return unknown();
  if (outcome.kind == Uploads::Outcome::Kind::wrong_start)
    return error_reply(416, "BLOB_UPLOAD_INVALID",
                       cat("First byte of the layer part is ", outcome.claimed, " instead of ", outcome.size));
  if (closing) return finish_upload(head, route, context);
  Response response = plain_reply(201);  // not 202
  response.headers.set("Location", cat(head.origin(), head.path));
  response.headers.set("Docker-Upload-UUID", route.reference);
  response.headers.set("Range", range_of(outcome.size));
  return response;
}

Response Distribution::finish_upload(const RequestHead& head, const Route& route, const RequestContext& context) {
  const std::string digest = query_value(head.query, "digest");
  const auto finished = uploads_.finish(route.reference, digest);
  using Kind = Uploads::Finished::Kind;
  if (finished.kind == Kind::unknown) return error_reply(404, "BLOB_UPLOAD_UNKNOWN", "The upload was not found");
  if (finished.kind == Kind::part_too_small)
    return error_reply(400, "BLOB_UPLOAD_INVALID", "Layer parts, but for the last, must be at least 5242880 bytes");
  if (finished.kind == Kind::wrong_digest)
    return error_reply(400, "DIGEST_INVALID",
                       cat("The layer's digest is ", finished.digest, " and not '", printable(digest, 100), "'"));
  repositories_.with(context.account, context.region, [&](auto& registry) {
    if (const auto repository = registry.find(route.name); repository != registry.end())
      repository->second.blobs[digest] = finished.size;
  });
  return stored(head, route, digest);
}

}  // namespace lapstrake::sandbox
