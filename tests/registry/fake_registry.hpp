// A registry in memory behind a Transport, that records what it is sent and fails where a test says.
#pragma once
#include <functional>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/registry/client.hpp>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace fake {

using namespace lapstrake;

struct Sent {
  std::string method, url, authorization, body;
  http::AddressKind max_address_kind;
};

using Answer = std::function<http::Response(const http::Request&)>;

inline http::Response reply(int status, http::Headers headers = {}, std::string body = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}
inline http::Response error(int status, const std::string& code, const std::string& message = "no") {
  return reply(status, {}, cat(R"({"errors":[{"code":")", code, R"(","message":")", message, R"("}]})"));
}
inline http::Response lose(ErrorCode code = ErrorCode::none) {
  throw Error(ErrorKind::network, "the connection was lost").because("reset").transient().with_code(code);
}

class Registry {
 public:
  std::string host = "registry.example";
  // Checked before every request to `host`: a reply to give instead, e.g. 401.
  std::function<std::optional<http::Response>(const http::Request&)> guard = nullptr;
  std::map<std::string, std::string> blobs;
  std::map<std::string, std::pair<std::string, std::string>> manifests;  // by digest and tag: media type, text
  bool immutable_tags = false;
  std::function<std::string(const std::string& session)> location = [](const std::string& session) { return session; };
  std::map<std::string, std::string> parts;  // what came by PATCH, by session: "s1"
  std::vector<Sent> cancelled;               // the DELETEs, which sent() leaves out
  http::Headers session_headers = {};        // of the reply to a POST, besides Location
  // PATCH answers 201, Range stands still after the first part, GET of a session knows nothing (facts of ECR).
  bool ecr_parts = false;

  // The `times` requests from the `first` on whose method and address match are answered so.
  void fault(const std::string& method, const std::string& part, Answer answer, unsigned times = 1,
             unsigned first = 1) {
    rules_.push_back({method, part, std::move(answer), first, times});
  }
  void fault(const std::string& method, const std::string& part, http::Response answer, unsigned times = 1,
             unsigned first = 1) {
    fault(
        method, part, [answer](const http::Request&) { return answer; }, times, first);
  }

  http::Transport transport() {
    return [this](const http::Request& request) {
      auto body = body_of(request);
      http::Response response;
      {
        const std::lock_guard lock(mutex_);
        (request.method == "DELETE" ? cancelled : sent_)
            .push_back({request.method, request.url.text(), request.headers.find("Authorization").value_or(""), body,
                        request.max_address_kind});
        response = answer(request, std::move(body));
      }
      response.url = request.url;
      if (request.sink && response.status < 300) {
        if (request.on_response) request.on_response(response);
        request.sink(as_bytes(response.body));
        response.body.clear();
        if (response.headers.find("X-Then-Lose")) lose();
      }
      return response;
    };
  }

  std::vector<Sent> sent() const {
    const std::lock_guard lock(mutex_);
    return sent_;
  }
  // "HEAD blobs", "POST uploads", "PUT uploads", "PUT manifests"...: in order, without probes.
  std::vector<std::string> steps() const {
    std::vector<std::string> steps;
    for (const auto& request : sent()) {
      std::string noun = "other";
      for (const std::string part : {"uploads", "manifests", "token"})
        if (request.url.find(part) != request.url.npos) noun = part;
      if (noun == "other" && request.url.find("/blobs/sha256:") != request.url.npos) noun = "blob";
      steps.push_back(request.method + " " + noun);
    }
    return steps;
  }
  std::size_t bytes_sent() const {
    std::size_t bytes = 0;
    for (const auto& request : sent()) bytes += request.body.size();
    return bytes;
  }
  static std::string text_of(const http::Request& request) {
    if (const auto* text = std::get_if<std::string>(&request.body)) return *text;
    const auto& range = std::get<http::FileRange>(request.body);
    return read_file(range.path).substr(range.offset, range.length);
  }
  unsigned count(const std::string& step) const {
    const auto all = steps();
    return static_cast<unsigned>(std::count(all.begin(), all.end(), step));
  }

 private:
  struct Rule {
    std::string method, part;
    Answer answer;
    unsigned first, times, seen = 0;
  };

  static std::string body_of(const http::Request& request) {
    const auto all = text_of(request);
    if (std::holds_alternative<std::string>(request.body)) return all;
    for (std::size_t at = 0; at < all.size(); at += 1000) {
      const auto piece = std::string_view(all).substr(at, 1000);
      if (request.before_send) request.before_send(at, as_bytes(piece));
      if (request.progress) request.progress(at + piece.size());
    }
    return all;
  }

  http::Response answer(const http::Request& request, std::string body) {
    for (auto& rule : rules_)
      if (rule.method == request.method && request.url.text().find(rule.part) != std::string::npos &&
          ++rule.seen >= rule.first && rule.seen < rule.first + rule.times)
        return rule.answer(request);
    if (guard)
      if (auto refusal = guard(request)) return *refusal;
    const auto& path = request.url.path;
    if (path.find("/blobs/uploads/") != path.npos) return upload(request, std::move(body));
    if (path.find("/blobs/") != path.npos) return blob(request, path.substr(path.rfind('/') + 1));
    if (path.find("/manifests/") != path.npos)
      return manifest(request, path.substr(path.rfind('/') + 1), std::move(body));
    return reply(200);
  }

  http::Response upload(const http::Request& request, std::string body) {
    if (request.method == "POST") {
      auto headers = session_headers;
      headers.add("Location", location(cat("/v2/web/blobs/uploads/s", ++sessions_, "?_state=x%2Fy")));
      return reply(202, headers);
    }
    const auto id = request.url.path.substr(request.url.path.rfind('/') + 1);
    if (request.method == "DELETE") return reply(parts.erase(id) > 0 ? 204 : 404);
    auto& had = parts[id];
    if (request.method == "GET" && ecr_parts) return reply(404);
    if (const auto range = request.headers.find("Content-Range"); range && std::stoul(*range) != had.size())
      return error(416, "BLOB_UPLOAD_INVALID", "First byte of the layer part is wrong");
    had += body;
    const auto known =
        ecr_parts ? std::min(had.size(), first_part_ = first_part_ == 0 ? had.size() : first_part_) : had.size();
    if (request.method != "PUT")
      return reply(request.method == "GET" ? 204
                   : ecr_parts             ? 201
                                           : 202,
                   {{"Location", location(cat("/v2/web/blobs/uploads/", id, "?_state=", had.size()))},
                    {"Range", cat("0-", known == 0 ? 0 : known - 1)}});
    const auto asked = request.url.query.find("digest=sha256%3A");
    const auto digest = asked == std::string::npos ? "" : percent_free(request.url.query.substr(asked + 7));
    if (oci::Digest::of(had).text() != digest) return error(400, "DIGEST_INVALID");
    blobs[digest] = std::move(had);
    parts.erase(id);
    return reply(201, {{"Docker-Content-Digest", digest}});
  }
  http::Response blob(const http::Request& request, const std::string& digest) {
    const auto found = blobs.find(digest);
    if (found == blobs.end()) return request.method == "HEAD" ? reply(404) : error(404, "BLOB_UNKNOWN");
    auto body = found->second;
    if (request.method == "HEAD") return reply(200, {{"Content-Length", cat(body.size())}});
    const auto range = request.headers.find("Range");
    if (!range) return reply(200, {}, body);
    const auto first = static_cast<std::size_t>(std::stoul(range->substr(6)));
    const auto dash = range->find('-');
    const auto last = dash + 1 < range->size() ? std::stoul(range->substr(dash + 1)) : body.size() - 1;
    return reply(206, {{"Content-Range", cat("bytes ", first, "-", last, "/", body.size())}},
                 body.substr(first, last - first + 1));
  }
  http::Response manifest(const http::Request& request, const std::string& name, std::string body) {
    if (request.method != "PUT") {
      const auto found = manifests.find(name);
      if (found == manifests.end()) return request.method == "HEAD" ? reply(404) : error(404, "MANIFEST_UNKNOWN");
      const auto& [type, text] = found->second;
      return reply(200,
                   {{"Content-Type", type},
                    {"Content-Length", cat(text.size())},
                    {"Docker-Content-Digest", oci::Digest::of(text).text()}},
                   request.method == "HEAD" ? "" : text);
    }
    if (immutable_tags && manifests.contains(name) && !name.starts_with("sha256:"))
      return error(400, "TAG_INVALID",
                   "The image tag already exists and cannot be overwritten because the repository is immutable.");
    const auto digest = oci::Digest::of(body).text();
    manifests[name] = manifests[digest] = {request.headers.find("Content-Type").value_or(""), body};
    return reply(201, {{"Docker-Content-Digest", digest}});
  }
  static std::string percent_free(const std::string& text) {
    return replace_all(text.substr(0, text.find('&')), "%3A", ":");
  }

  mutable std::mutex mutex_;
  std::vector<Sent> sent_;
  std::vector<Rule> rules_;
  unsigned sessions_ = 0;
  std::size_t first_part_ = 0;
};

// A clock that only sleeping moves.
struct VirtualRuntime {
  std::mutex mutex;
  std::chrono::system_clock::time_point now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};
  std::chrono::milliseconds slept{0};
  Runtime runtime() {
    return {.environment = [](std::string_view) { return std::nullopt; },
            .clock =
                [this] {
                  const std::lock_guard lock(mutex);
                  return now;
                },
            .sleep =
                [this](std::chrono::milliseconds time) {
                  const std::lock_guard lock(mutex);
                  now += time;
                  slept += time;
                },
            .random = [] { return 0.5; },
            .stop = {}};
  }
};

}  // namespace fake
