// The bucket behind ECR: presigned URLs, which must not be combined with an Authorization header.
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/hosts.hpp>
#include <lapstrake/sandbox/registry/distribution.hpp>

namespace lapstrake::sandbox {
namespace {

Response failure(int status, std::string_view code, std::string_view message) {
  return {.status = status,
          .headers = {{"Content-Type", "application/xml"}, {"x-amz-request-id", uuid()}},
          .body = cat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>", code, "</Code><Message>", message,
                      "</Message></Error>")};
}

std::int64_t seconds(Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

// "bytes=A-B" or "bytes=A-": what is left of the whole, or nothing when it lies outside.
std::optional<http::FileRange> part_of(const http::FileRange& whole, std::string_view range) {
  const auto dash = range.find('-');
  const auto first = parse_count(range.substr(6, dash - 6));
  const auto last = dash == std::string_view::npos ? std::nullopt : parse_count(range.substr(dash + 1));
  if (!first || *first >= whole.length) return std::nullopt;
  const std::uint64_t end = std::min(last.value_or(whole.length - 1), whole.length - 1);
  if (end < *first) return std::nullopt;
  return http::FileRange{.path = whole.path, .offset = *first, .length = end - *first + 1};
}

}  // namespace

std::string Distribution::download_signature(const std::string& path, const std::string& expires) const {
  return hex(hmac_sha256(as_bytes(secret_), as_bytes(cat(path, "\n", expires))));
}

std::string Distribution::download_url(const RequestHead& head, const std::string& region, const std::string& digest,
                                       Time now) const {
  // A client that came to 127.0.0.1 without the proxy is sent to the sandbox's other loopback name.
  const std::string host =
      is_loopback_name(head.host) ? (head.host == "localhost" ? "127.0.0.1" : "localhost") : storage_host(region);
  const std::string port = head.port == 443 ? "" : cat(":", head.port);
  const std::string path = cat("/starport/", digest.substr(digest.find(':') + 1));
  const std::string expires = cat(seconds(now + std::chrono::hours(1)));
  return cat("https://", host, port, path, "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=", expires,
             "&X-Amz-SignedHeaders=host&X-Amz-Signature=", download_signature(path, expires));
}

Response Distribution::download(const RequestHead& head, Time now) const {
  if (head.method != "GET" && head.method != "HEAD") return failure(405, "MethodNotAllowed", "GET and HEAD only");
  if (head.headers.find("Authorization"))
    return failure(400, "InvalidArgument",
                   "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
                   "parameter or the Authorization header should be specified");
  const std::string expires = query_value(head.query, "X-Amz-Expires");
  if (query_value(head.query, "X-Amz-Signature") != download_signature(head.path, expires))
    return failure(403, "SignatureDoesNotMatch", "The request signature does not match");
  if (static_cast<std::int64_t>(parse_count(expires).value_or(0)) < seconds(now))
    return failure(403, "AccessDenied", "Request has expired");

  http::FileRange whole{.path = repositories_.blob_file(head.path.substr(head.path.rfind('/') + 1))};
  std::error_code absent;
  whole.length = std::filesystem::file_size(whole.path, absent);
  if (absent) return failure(404, "NoSuchKey", "The specified key does not exist.");
  Response response{.status = 200,
                    .headers = {{"Content-Type", "application/octet-stream"}, {"Accept-Ranges", "bytes"}},
                    .body = whole};
  if (const auto range = head.headers.find("Range"); range && range->starts_with("bytes=")) {
    const auto part = part_of(whole, *range);
    if (!part) return failure(416, "InvalidRange", "The requested range is not satisfiable");
    response.status = 206;
    response.headers.set("Content-Range",
                         cat("bytes ", part->offset, "-", part->offset + part->length - 1, "/", whole.length));
    response.body = *part;
  }
  return response;
}

}  // namespace lapstrake::sandbox
