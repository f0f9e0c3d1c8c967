#include "distribution.hpp"

#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <nlohmann/json.hpp>

#include "manifests.hpp"

namespace lapstrake::sandbox {

// /v2/NAME/KIND/REFERENCE
struct Distribution::Route {
  std::string name, kind, reference;
};

namespace {

using Json = nlohmann::json;

// Where ECR's Range stops growing, though the bytes are stored (aws/containers-roadmap#2831).
constexpr std::uint64_t range_sticks_at = 10'485'760;

Answer plain(int status) {
  return {.status = status, .headers = {{"Docker-Distribution-Api-Version", "registry/2.0"}}};
}

Answer json_answer(int status, const Json& document, std::string_view type = "application/json; charset=utf-8") {
  Answer answer = plain(status);
  answer.headers.set("Content-Type", type);
  answer.body = document.dump();
  return answer;
}

Answer failure(int status, const std::string& code, const std::string& message) {
  return json_answer(status, {{"errors", Json::array({{{"code", code}, {"message", message}}})}});
}

Answer no_repository(const std::string& name, const Visit& visit) {
  return failure(404, "NAME_UNKNOWN", no_such_repository(name, visit.account));
}

Answer not_allowed(const Head& head) { return failure(405, "UNSUPPORTED", cat(head.method, " is not supported here")); }

std::optional<std::uint64_t> range_start(const Head& head) {
  const auto range = head.headers.find("Content-Range");
  if (!range) return std::nullopt;
  // "a-b" as the distribution API has it; "bytes a-b/c" is what some clients send.
  const auto text = trim(range->starts_with("bytes ") ? std::string_view(*range).substr(6) : std::string_view(*range));
  return parse_count(text.substr(0, text.find('-')));
}

std::string range_of(std::uint64_t size) { return cat("0-", size == 0 ? 0 : std::min(size, range_sticks_at) - 1); }

Answer refused_login(const Head& head, RegistryLogins::Verdict verdict) {
  using enum RegistryLogins::Verdict;
  // ECR sends no challenge with these (awslabs/soci-snapshotter#1196).
  if (verdict == expired)
    return failure(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.");
  if (verdict == other_region) return failure(403, "DENIED", "Your authorization token is of another region.");
  Answer answer = plain(401);
  answer.headers.set("WWW-Authenticate", cat("Basic realm=\"", head.origin(), "/\",service=\"ecr.amazonaws.com\""));
  answer.headers.set("Content-Type", "text/plain; charset=utf-8");
  answer.body = "Not Authorized\n";
  return answer;
}

}  // namespace

Answer Distribution::answer(const Head& head, const BodyReader& body, const Visit& visit) {
  auto verdict = logins_.judge(head.headers.find("Authorization").value_or(""), visit.region, visit.now);
  if (visit.expire_login && verdict == RegistryLogins::Verdict::good) verdict = RegistryLogins::Verdict::expired;
  if (verdict != RegistryLogins::Verdict::good) return refused_login(head, verdict);

  if (head.path == "/v2/" || head.path == "/v2") return plain(200);
  for (const std::string_view kind : {"/blobs/uploads/", "/blobs/", "/manifests/", "/tags/", "/referrers/"}) {
    const auto at = head.path.rfind(kind);
    if (at == std::string::npos || at < 4) continue;
    const Route route{.name = percent_decode(head.path.substr(4, at - 4)),
                      .kind = std::string(kind),
                      .reference = percent_decode(head.path.substr(at + kind.size()))};
    if (!is_repository_name(route.name))
      return failure(400, "NAME_INVALID", cat("Invalid repository name '", printable(route.name, 300), "'"));
    if (kind == "/blobs/uploads/")
      return head.method == "POST" && route.reference.empty() ? begin_upload(head, route, visit)
                                                              : upload(head, body, route, visit);
    if (kind == "/blobs/") return blob(head, route, visit);
    if (kind == "/manifests/") return manifest(head, body, route, visit);
    if (kind == "/tags/") return tags(head, route, visit);
    return referrers(route, visit);
  }
  return plain(404);
}

Answer Distribution::blob(const Head& head, const Route& route, const Visit& visit) {
  if (head.method != "GET" && head.method != "HEAD") return not_allowed(head);
  return repositories_.with(visit.account, visit.region, [&](auto& registry) {
    const auto repository = registry.find(route.name);
    if (repository == registry.end()) return no_repository(route.name, visit);
    const auto known = repository->second.blobs.find(route.reference);
    if (known == repository->second.blobs.end())
      return failure(404, "BLOB_UNKNOWN", cat("blob unknown to registry: ", printable(route.reference, 100)));
    Answer answer = plain(head.method == "HEAD" ? 200 : 307);
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

Answer Distribution::begin_upload(const Head& head, const Route& route, const Visit& visit) {
  const bool exists = repositories_.with(visit.account, visit.region, [&](auto& registry) {
    if (create_) repositories_.create(registry, visit.account, visit.region, route.name, visit.now);
    return registry.contains(route.name);
  });
  // aws/containers-roadmap#1970: no reply at all.
  if (!exists) return {.delivery = Answer::Delivery::hang_up};
  // `mount` and `digest` change nothing: ECR's BLOB_MOUNTING is off unless asked for, and uploads take two requests.
  const std::string id = uploads_.begin(route.name);
  Answer answer = plain(202);
  answer.headers.set("Location", cat(head.origin(), "/v2/", route.name, "/blobs/uploads/", id));
  answer.headers.set("Docker-Upload-UUID", id);
  answer.headers.set("Range", "0-0");
  return answer;
}

Answer Distribution::upload(const Head& head, const BodyReader& body, const Route& route, const Visit& visit) {
  const auto unknown = [] {
    return failure(404, "BLOB_UPLOAD_UNKNOWN", "The upload was not found: it ended or never was");
  };
  const bool closing = head.method == "PUT";
  if (head.method == "GET") {
    const auto size = uploads_.size(route.reference, route.name);
    if (!size) return unknown();
    Answer answer = plain(204);
    answer.headers.set("Range", range_of(*size));
    return answer;
  }
  if (head.method == "DELETE") return uploads_.cancel(route.reference, route.name) ? plain(204) : unknown();
  if (!closing && head.method != "PATCH") return not_allowed(head);
  const auto outcome = uploads_.append(
      route.reference, route.name, closing ? Uploads::Kind::closing : Uploads::Kind::chunk, range_start(head), body);
  if (outcome.kind == Uploads::Outcome::Kind::unknown) return unknown();
  if (outcome.kind == Uploads::Outcome::Kind::wrong_start)
    return failure(416, "BLOB_UPLOAD_INVALID",
                   cat("First byte of the layer part is ", outcome.claimed, " instead of ", outcome.size));
  if (closing) return finish_upload(head, route, visit);
  Answer answer = plain(201);  // not 202
  answer.headers.set("Location", cat(head.origin(), head.path));
  answer.headers.set("Docker-Upload-UUID", route.reference);
  answer.headers.set("Range", range_of(outcome.size));
  return answer;
}

Answer Distribution::finish_upload(const Head& head, const Route& route, const Visit& visit) {
  const std::string digest = query_value(head.query, "digest");
  const auto finished = uploads_.finish(route.reference, digest);
  using Kind = Uploads::Finished::Kind;
  if (finished.kind == Kind::unknown) return failure(404, "BLOB_UPLOAD_UNKNOWN", "The upload was not found");
  if (finished.kind == Kind::part_too_small)
    return failure(400, "BLOB_UPLOAD_INVALID", "Layer parts, but for the last, must be at least 5242880 bytes");
  if (finished.kind == Kind::wrong_digest)
    return failure(400, "DIGEST_INVALID",
                   cat("The layer's digest is ", finished.digest, " and not '", printable(digest, 100), "'"));
  repositories_.with(visit.account, visit.region, [&](auto& registry) {
    if (const auto repository = registry.find(route.name); repository != registry.end())
      repository->second.blobs[digest] = finished.size;
  });
  Answer answer = plain(201);
  answer.headers.set("Location", cat(head.origin(), "/v2/", route.name, "/blobs/", digest));
  answer.headers.set("Docker-Content-Digest", digest);
  return answer;
}

Answer Distribution::manifest(const Head& head, const BodyReader& body, const Route& route, const Visit& visit) {
  if (head.method == "PUT") return put(head, body, route, visit);
  if (head.method != "GET" && head.method != "HEAD") return not_allowed(head);
  return repositories_.with(visit.account, visit.region, [&](auto& registry) {
    const auto repository = registry.find(route.name);
    if (repository == registry.end()) return no_repository(route.name, visit);
    const std::string digest = find_manifest(repository->second, route.reference);
    if (digest.empty()) return failure(404, "MANIFEST_UNKNOWN", "Requested image not found");
    const auto& found = repository->second.manifests.at(digest);
    Answer answer = plain(200);
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
  return repositories_.with(visit.account, visit.region, [&](auto& registry) {
    if (create_) repositories_.create(registry, visit.account, visit.region, route.name, visit.now);
    const auto repository = registry.find(route.name);
    if (repository == registry.end()) return no_repository(route.name, visit);
    if (const auto refusal = put_manifest(repository->second, manifest))
      return failure(refusal->status, refusal->code, refusal->message);
    Answer answer = plain(201);  // without Location (oras-project/rust-oci-client#40)
    answer.headers.set("Docker-Content-Digest", digest);
    if (const auto& subject = repository->second.manifests.at(digest).subject; !subject.empty())
      answer.headers.set("OCI-Subject", subject);
    return answer;
  });
}

Answer Distribution::tags(const Head& head, const Route& route, const Visit& visit) {
  if (head.method != "GET" || route.reference != "list") return not_allowed(head);
  const std::uint64_t most = parse_count(query_value(head.query, "n")).value_or(1000);
  if (most == 0 || most > 1000)
    return failure(
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
    Answer answer = json_answer(200, {{"name", route.name}, {"tags", list}});
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
    return json_answer(200, {{"schemaVersion", 2}, {"mediaType", oci::media_type::index}, {"manifests", list}},
                       oci::media_type::index);
  });
}

}  // namespace lapstrake::sandbox
