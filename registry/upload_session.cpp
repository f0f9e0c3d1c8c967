#include "upload_session.hpp"

#include <chrono>
#include <lapstrake/base/text.hpp>

#include "error_response.hpp"
#include "untrusted_address.hpp"

namespace lapstrake::registry {
namespace {

std::uint64_t least_chunk(const http::Headers& headers) {
  const auto said = parse_integer(headers.find("OCI-Chunk-Min-Length").value_or(""));
  return said && *said > 0 ? std::min(static_cast<std::uint64_t>(*said), most_least_chunk + 1) : 0;
}

}  // namespace

std::string UploadTarget::what() const { return cat("cannot push to `", host, "/", name, "`"); }

http::Url UploadSessions::address() const { return target_.api.url(cat("/v2/", target_.name, "/blobs/uploads/")); }

UploadSession UploadSessions::begin() {
  if (next_session_) return *std::exchange(next_session_, std::nullopt);
  const auto url = address();
  http::Response response;
  try {
    response = target_.api.attempt({.method = "POST", .url = url}, Access::push);
  } catch (const Error& error) {
    if (!is_ecr(target_.host) || error.code() != ErrorCode::connection_closed || ++closed_connections_ < 2) throw;
    throw missing_repository(target_.host, target_.name, target_.what(),
                             "it closes the connection when an upload begins (also when "
                             "ecr:InitiateLayerUpload is not allowed)");
  }
  closed_connections_ = 0;
  if (response.status != 202 && response.status != 201) throw target_.error_of(response, target_.what());
  return opened(url, response);
}

// distribution-spec, "Mounting a blob from another repository". Other errors will also occur in the upload.
bool UploadSessions::mount(const std::string& from) {
  const auto url = with_query(with_query(address(), "mount", target_.blob.digest.text()), "from", from);
  try {
    const auto response = target_.api.attempt({.method = "POST", .url = url}, Access::mount);
    if (response.status == 201 && is_mounted(response)) return true;
    const auto place = response.headers.find("Location").value_or("");
    if (response.status == 202 || (response.status == 201 && place.find("/blobs/uploads/") != place.npos))
      next_session_ = opened(url, response);
    return false;
  } catch (const Error& error) {
    return false;
  }
}

// Some registries without mounts answer 201 to every POST.
bool UploadSessions::is_mounted(const http::Response& response) const {
  const auto digest = response.headers.find("Docker-Content-Digest");
  return digest ? *digest == target_.blob.digest.text() : target_.has_blob();
}

UploadSession UploadSessions::opened(const http::Url& asked, const http::Response& response) {
  const auto location = response.headers.find("Location");
  if (!location)
    throw Error(ErrorKind::network, target_.what())
        .because(cat("the reply of `", target_.host, "` has no Location for the upload"));
  auto session = checked(asked, response, *location);
  if (!target_.api.is_own(session.url) && target_.options.log)
    target_.options.log(
        cat("`", target_.host, "` receives uploads at ", session.url.origin(), "; no login is sent there"));
  session.least_chunk = least_chunk(response.headers);
  return open_.emplace_back(session);
}

UploadSession UploadSessions::next(const UploadSession& session, const http::Response& response) {
  auto next = session;
  if (const auto location = response.headers.find("Location")) next = checked(session.url, response, *location);
  next.least_chunk = session.least_chunk;
  ended(session);
  return open_.emplace_back(next);
}

void UploadSessions::ended(const UploadSession& session) {
  std::erase_if(open_, [&](const UploadSession& one) { return one.url.text() == session.url.text(); });
}

// "Canceling an Upload" in the API of distribution (DELETE of the upload's location), which derived registries support
// too.
void UploadSessions::cancel() noexcept try {
  const auto begin = std::chrono::steady_clock::now();
  for (const auto& session : open_) {
    if (std::chrono::steady_clock::now() - begin >= http::cancel_timeout) return;
    target_.api.send_cancel(request(session, "DELETE"));
  }
} catch (...) {  // no memory
}

UploadSession UploadSessions::checked(const http::Url& asked, const http::Response& reply,
                                      const std::string& location) const {
  const auto url = resolve(asked, location);
  if (target_.api.is_own(url)) {
    if (target_.api.is_own(asked)) return {.url = url};
    throw Error(ErrorKind::network, target_.what())
        .because(cat("refusing to send credentials: the upload server `", asked.origin(), "` redirects back to `",
                     target_.host, "`"));
  }
  if (url.scheme != "https")
    throw Error(ErrorKind::network, target_.what())
        .because(cat("`", target_.host, "` redirects the upload to `", url.origin(), "`, without TLS"));
  const auto max_address_kind = max_kind_named_by(asked, reply.peer, http::AddressKind::global);
  check_address_literal(url, max_address_kind, target_.host);
  return {.url = url, .max_address_kind = max_address_kind};
}

http::Request UploadSessions::request(const UploadSession& session, const std::string& method) const {
  http::Request request{.method = method, .url = session.url};
  if (!target_.api.is_own(session.url)) request.max_address_kind = session.max_address_kind;
  return request;
}

bool is_taken(const UploadTarget& target, const http::Response& response) {
  const auto digest = response.headers.find("Docker-Content-Digest");
  if (digest && *digest != target.blob.digest.text())
    throw Error(ErrorKind::integrity, target.what())
        .because(
            cat("sent the blob ", target.blob.digest.text(), ", but the registry stored ", printable(*digest, 128)));
  return digest || target.has_blob();
}

bool is_lost_session(const http::Response& response, const Error& error) {
  const auto said = parse_error_response(response);
  return response.status == 416 || said.has("BLOB_UPLOAD_UNKNOWN") || said.has("BLOB_UPLOAD_INVALID") ||
         said.has("DIGEST_INVALID") || (response.status == 404 && error.code() != ErrorCode::missing_repository);
}

}  // namespace lapstrake::registry
