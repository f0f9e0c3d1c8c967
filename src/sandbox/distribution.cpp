#include "distribution.hpp"

#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <nlohmann/json.hpp>

#include "api.hpp"
#include "hosts.hpp"
#include "manifests.hpp"
#include "replies.hpp"
#include "route.hpp"

namespace lapstrake::sandbox {

namespace {

using Json = nlohmann::json;

Answer no_repository(const std::string& name, const Visit& visit) {
  return refusal_reply(404, "NAME_UNKNOWN", no_such_repository(name, visit.account));
}

// What a missing IAM action looks like from outside: an upload is hung up on (CircleCI-Public/aws-ecr-orb#259), all
// else is told by the action's name; HEAD has no body to tell it in.
Answer denied(const Head& head, const Route& route, const Visit& visit) {
  const auto action = action_of(head, route);
  if (action == "ecr:InitiateLayerUpload") return {.delivery = Answer::Delivery::hang_up};
  return refusal_reply(
      403, "DENIED",
      not_authorized(user_arn(visit.caller), action,
                     cat("arn:aws:ecr:", visit.region, ":", visit.account, ":repository/", route.name)));
}

Answer refused_login(const Head& head, RegistryLogins::Verdict verdict) {
  using enum RegistryLogins::Verdict;
  // ECR sends no challenge with these (awslabs/soci-snapshotter#1196).
  if (verdict == expired)
    return refusal_reply(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.");
  if (verdict == other_region) return refusal_reply(403, "DENIED", "Your authorization token is of another region.");
  Answer answer = plain_reply(401);
  answer.headers.set("WWW-Authenticate", cat("Basic realm=\"", head.origin(), "/\",service=\"ecr.amazonaws.com\""));
  answer.headers.set("Content-Type", "text/plain; charset=utf-8");
  answer.body = "Not Authorized\n";
  return answer;
}

}  // namespace

Answer Distribution::answer(const Head& head, const BodyReader& body, const Visit& visit) {
  if (auto refusal = visit.is_public() ? refused_public(head, visit) : refused_private(head, visit)) return *refusal;

  if (head.path == "/v2/" || head.path == "/v2") return plain_reply(200);
  for (const std::string_view kind : {"/blobs/uploads/", "/blobs/", "/manifests/", "/tags/", "/referrers/"}) {
    const auto at = head.path.rfind(kind);
    if (at == std::string::npos || at < 4) continue;
    const Route route{.name = percent_decode(head.path.substr(4, at - 4)),
                      .kind = std::string(kind),
                      .reference = percent_decode(head.path.substr(at + kind.size()))};
    if (!visit.is_public() && denies_(action_of(head, route))) return denied(head, route, visit);
    if (!is_repository_name(route.name))
      return refusal_reply(400, "NAME_INVALID", cat("Invalid repository name '", printable(route.name, 300), "'"));
    if (kind == "/blobs/uploads/")
      return head.method == "POST" && route.reference.empty() ? begin_upload(head, route, visit)
                                                              : upload(head, body, route, visit);
    if (kind == "/blobs/") return blob(head, route, visit);
    if (kind == "/manifests/") return manifest(head, body, route, visit);
    if (kind == "/tags/") return tags(head, route, visit);
    return referrers(route, visit);
  }
  return plain_reply(404);
}

std::optional<Answer> Distribution::refused_private(const Head& head, const Visit& visit) const {
  auto verdict = logins_.judge(head.headers.find("Authorization").value_or(""), visit.region, visit.now);
  if (visit.expire_login && verdict == RegistryLogins::Verdict::good) verdict = RegistryLogins::Verdict::expired;
  if (verdict == RegistryLogins::Verdict::good) return std::nullopt;
  return refused_login(head, verdict);
}

Answer Distribution::blob(const Head& head, const Route& route, const Visit& visit) {
  if (head.method != "GET" && head.method != "HEAD") return not_allowed(head);
  return repositories_.with(visit.account, visit.region, [&](auto& registry) {
    const auto repository = registry.find(route.name);
    if (repository == registry.end()) return no_repository(route.name, visit);
    const auto known = repository->second.blobs.find(route.reference);
    if (known == repository->second.blobs.end())
      return refusal_reply(404, "BLOB_UNKNOWN", cat("blob unknown to registry: ", printable(route.reference, 100)));
    Answer answer = plain_reply(head.method == "HEAD" ? 200 : 307);
    if (head.method == "HEAD") {
      answer.headers.set("Content-Length", cat(known->second));
      answer.headers.set("Content-Type", "application/octet-stream");
      answer.headers.set("Docker-Content-Digest", known->first);
    } else {
      answer.headers.set("Location", download_url(head, visit.region, known->first, visit.now));
    }
    return answer;
  });
}

Answer Distribution::manifest(const Head& head, const BodyReader& body, const Route& route, const Visit& visit) {
  if (head.method == "PUT") return put(head, body, route, visit);
  if (head.method != "GET" && head.method != "HEAD") return not_allowed(head);
  return repositories_.with(visit.account, visit.region, [&](auto& registry) {
    const auto repository = registry.find(route.name);
    if (repository == registry.end()) return no_repository(route.name, visit);
    const std::string digest = find_manifest(repository->second, route.reference);
    if (digest.empty()) return refusal_reply(404, "MANIFEST_UNKNOWN", "Requested image not found");
    const auto& found = repository->second.manifests.at(digest);
    Answer answer = plain_reply(200);
    answer.headers.set("Content-Type", found.media_type);
    answer.headers.set("Content-Length", cat(found.text.size()));
    // Absent from GET (aws/containers-roadmap#1931).
    if (head.method == "HEAD") answer.headers.set("Docker-Content-Digest", digest);
    if (head.method == "GET") answer.body = found.text;
    return answer;
  });
}

Answer Distribution::put(const Head& head, const BodyReader& body, const Route& route, const Visit& visit) {
  const NewManifest manifest{
      .text = read_text(body),
      .media_type = std::string(oci::without_parameters(head.headers.find("Content-Type").value_or(""))),
      .reference = route.reference,
      .now = visit.now};
  const std::string digest = oci::Digest::of(manifest.text).text();
  return repositories_.with_account(visit.account, visit.region, [&](auto& account) {
    auto* repository = repositories_.for_push(account, route.name, visit.now, create_);
    if (repository == nullptr) return no_repository(route.name, visit);
    if (const auto refusal = put_manifest(*repository, manifest))
      return refusal_reply(refusal->status, refusal->code, refusal->message);
    Answer answer = plain_reply(201);  // without Location (oras-project/rust-oci-client#40)
    answer.headers.set("Docker-Content-Digest", digest);
    if (const auto& subject = repository->manifests.at(digest).subject; !subject.empty())
      answer.headers.set("OCI-Subject", subject);
    return answer;
  });
}

Answer Distribution::tags(const Head& head, const Route& route, const Visit& visit) {
  if (head.method != "GET" || route.reference != "list") return not_allowed(head);
  const std::uint64_t most = parse_count(query_value(head.query, "n")).value_or(1000);
  if (most == 0 || most > 1000)
    return refusal_reply(
        405, "UNSUPPORTED",
        "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value less than or "
        "equal to 1000'");
  const std::string last = query_value(head.query, "last");
  return repositories_.with(visit.account, visit.region, [&](auto& registry) {
    const auto repository = registry.find(route.name);
    if (repository == registry.end()) return no_repository(route.name, visit);
    const auto& all = repository->second.tags;
    Json list = Json::array();
    auto tag = last.empty() ? all.begin() : all.upper_bound(last);
    for (; tag != all.end() && list.size() < most; ++tag) list.push_back(tag->first);
    Answer answer = json_reply(200, {{"name", route.name}, {"tags", list}});
    if (tag != all.end())
      answer.headers.set("Link", cat("<", head.path, "?n=", most,
                                     "&last=", percent_encode(list.back().get<std::string>()), ">; rel=\"next\""));
    return answer;
  });
}

Answer Distribution::referrers(const Route& route, const Visit& visit) {
  return repositories_.with(visit.account, visit.region, [&](auto& registry) {
    const auto repository = registry.find(route.name);
    if (repository == registry.end()) return no_repository(route.name, visit);
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
