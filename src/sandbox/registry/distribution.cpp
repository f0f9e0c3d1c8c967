#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/sandbox/net/hosts.hpp>
#include <lapstrake/sandbox/registry/distribution.hpp>
#include <lapstrake/sandbox/registry/manifests.hpp>
#include <lapstrake/sandbox/registry/replies.hpp>

#include <nlohmann/json.hpp>

#include "route.hpp"

namespace lapstrake::sandbox {

namespace {

using Json = nlohmann::json;

Response no_repository(const std::string& name, const RequestContext& context) {
  return error_reply(404, "NAME_UNKNOWN", no_such_repository(name, context.account));
}

// The response for a denied IAM action: ECR closes the connection of an upload (CircleCI-Public/aws-ecr-orb#259); all
// other errors name the action, except for HEAD, which has no body.
Response denied(const RequestHead& head, const Route& route, const RequestContext& context) {
  const auto action = action_of(head, route);
  if (action == "ecr:InitiateLayerUpload") return {.delivery = Response::Delivery::hang_up};
  return error_reply(
      403, "DENIED",
      not_authorized(user_arn(context.caller), action,
                     cat("arn:aws:ecr:", context.region, ":", context.account, ":repository/", route.name)));
}

Response login_error(const RequestHead& head, RegistryLogins::Verdict verdict) {
  using enum RegistryLogins::Verdict;
  // ECR sends no challenge with these (awslabs/soci-snapshotter#1196).
  if (verdict == expired)
    return error_reply(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.");
  if (verdict == other_region) return error_reply(403, "DENIED", "Your authorization token is of another region.");
  Response response = plain_reply(401);
  response.headers.set("WWW-Authenticate", cat("Basic realm=\"", head.origin(), "/\",service=\"ecr.amazonaws.com\""));
  response.headers.set("Content-Type", "text/plain; charset=utf-8");
  response.body = "Not Authorized\n";
  return response;
}

}  // namespace

Response Distribution::respond(const RequestHead& head, const BodyReader& body, const RequestContext& context) {
  if (auto error = context.is_public() ? public_login_error(head, context) : private_login_error(head, context))
    return *error;

  if (head.path == "/v2/" || head.path == "/v2") return plain_reply(200);
  for (const std::string_view kind : {"/blobs/uploads/", "/blobs/", "/manifests/", "/tags/", "/referrers/"}) {
    const auto at = head.path.rfind(kind);
    if (at == std::string::npos || at < 4) continue;
    const Route route{.name = percent_decode(head.path.substr(4, at - 4)),
                      .kind = std::string(kind),
                      .reference = percent_decode(head.path.substr(at + kind.size()))};
    if (!context.is_public() && denies_(action_of(head, route))) return denied(head, route, context);
    if (!is_repository_name(route.name))
      return error_reply(400, "NAME_INVALID", cat("Invalid repository name '", printable(route.name, 300), "'"));
    if (kind == "/blobs/uploads/")
      return head.method == "POST" && route.reference.empty() ? begin_upload(head, route, context)
                                                              : upload(head, body, route, context);
    if (kind == "/blobs/") return blob(head, route, context);
    if (kind == "/manifests/") return manifest(head, body, route, context);
    if (kind == "/tags/") return tags(head, route, context);
    return referrers(route, context);
  }
  return plain_reply(404);
}

std::optional<Response> Distribution::private_login_error(const RequestHead& head,
                                                          const RequestContext& context) const {
  auto verdict = logins_.check(head.headers.find("Authorization").value_or(""), context.region, context.now);
  if (context.expire_login && verdict == RegistryLogins::Verdict::good) verdict = RegistryLogins::Verdict::expired;
  if (verdict == RegistryLogins::Verdict::good) return std::nullopt;
  return login_error(head, verdict);
}

Response Distribution::blob(const RequestHead& head, const Route& route, const RequestContext& context) {
  if (head.method != "GET" && head.method != "HEAD") return not_allowed(head);
  return repositories_.with(context.account, context.region, [&](auto& registry) {
    const auto repository = registry.find(route.name);
    if (repository == registry.end()) return no_repository(route.name, context);
    const auto known = repository->second.blobs.find(route.reference);
    if (known == repository->second.blobs.end())
      return error_reply(404, "BLOB_UNKNOWN", cat("blob unknown to registry: ", printable(route.reference, 100)));
    Response response = plain_reply(head.method == "HEAD" ? 200 : 307);
    if (head.method == "HEAD") {
      response.headers.set("Content-Length", cat(known->second));
      response.headers.set("Content-Type", "application/octet-stream");
      response.headers.set("Docker-Content-Digest", known->first);
    } else {
      response.headers.set("Location", download_url(head, context.region, known->first, context.now));
    }
    return response;
  });
}

Response Distribution::manifest(const RequestHead& head, const BodyReader& body, const Route& route,
                                const RequestContext& context) {
  if (head.method == "PUT") return put(head, body, route, context);
  if (head.method != "GET" && head.method != "HEAD") return not_allowed(head);
  return repositories_.with(context.account, context.region, [&](auto& registry) {
    const auto repository = registry.find(route.name);
    if (repository == registry.end()) return no_repository(route.name, context);
    const std::string digest = find_manifest(repository->second, route.reference);
    if (digest.empty()) return error_reply(404, "MANIFEST_UNKNOWN", "Requested image not found");
    const auto& found = repository->second.manifests.at(digest);
    Response response = plain_reply(200);
    response.headers.set("Content-Type", found.media_type);
    response.headers.set("Content-Length", cat(found.text.size()));
    // Absent from GET (aws/containers-roadmap#1931).
    if (head.method == "HEAD") response.headers.set("Docker-Content-Digest", digest);
    if (head.method == "GET") response.body = found.text;
    return response;
  });
}

Response Distribution::put(const RequestHead& head, const BodyReader& body, const Route& route,
                           const RequestContext& context) {
  const NewManifest manifest{
      .text = read_text(body),
      .media_type = std::string(oci::without_parameters(head.headers.find("Content-Type").value_or(""))),
      .reference = route.reference,
      .now = context.now};
  const std::string digest = oci::Digest::of(manifest.text).text();
  return repositories_.with_account(context.account, context.region, [&](auto& account) {
    auto* repository = repositories_.for_push(account, route.name, context.now, create_);
    if (repository == nullptr) return no_repository(route.name, context);
    if (const auto error = put_manifest(*repository, manifest))
      return error_reply(error->status, error->code, error->message);
    Response response = plain_reply(201);  // without Location (oras-project/rust-oci-client#40)
    response.headers.set("Docker-Content-Digest", digest);
    if (const auto& subject = repository->manifests.at(digest).subject; !subject.empty())
      response.headers.set("OCI-Subject", subject);
    return response;
  });
}

Response Distribution::tags(const RequestHead& head, const Route& route, const RequestContext& context) {
  if (head.method != "GET" || route.reference != "list") return not_allowed(head);
  const std::uint64_t most = parse_count(query_value(head.query, "n")).value_or(1000);
  if (most == 0 || most > 1000)
    return error_reply(
        405, "UNSUPPORTED",
        "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value less than or "
        "equal to 1000'");
  const std::string last = query_value(head.query, "last");
  return repositories_.with(context.account, context.region, [&](auto& registry) {
    const auto repository = registry.find(route.name);
    if (repository == registry.end()) return no_repository(route.name, context);
    const auto& all = repository->second.tags;
    Json list = Json::array();
    auto tag = last.empty() ? all.begin() : all.upper_bound(last);
    for (; tag != all.end() && list.size() < most; ++tag) list.push_back(tag->first);
    Response response = json_reply(200, {{"name", route.name}, {"tags", list}});
    if (tag != all.end())
      response.headers.set("Link", cat("<", head.path, "?n=", most,
                                       "&last=", percent_encode(list.back().get<std::string>()), ">; rel=\"next\""));
    return response;
  });
}

Response Distribution::referrers(const Route& route, const RequestContext& context) {
  return repositories_.with(context.account, context.region, [&](auto& registry) {
    const auto repository = registry.find(route.name);
    if (repository == registry.end()) return no_repository(route.name, context);
    Json list = Json::array();
    for (const auto& [digest, manifest] : repository->second.manifests)
      if (manifest.subject == route.reference && !manifest.subject.empty())
        list.push_back({{"mediaType", manifest.media_type},
                        {"digest", digest},
                        {"size", manifest.text.size()},
                        {"artifactType", manifest.artifact_type}});
    return json_reply(200, {{"schemaVersion", 2}, {"mediaType", oci::media_type::index}, {"manifests", list}},
                      oci::media_type::index);
  });
}

}  // namespace lapstrake::sandbox
