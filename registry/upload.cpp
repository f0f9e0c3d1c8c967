#include <chrono>
#include <filesystem>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/untrusted_address.hpp>
#include <lapstrake/registry/client.hpp>

#include "error_response.hpp"
#include "upload.hpp"

namespace lapstrake::registry {
namespace {

constexpr unsigned most_failed_puts = 2;                   // of a large blob, before it is uploaded in parts
constexpr std::uint64_t most_ecr_layer = 52'000ull << 20;  // ECR's quota: Service Quotas, "layer size"

[[noreturn]] void not_the_blob(const std::filesystem::path& file, const oci::Descriptor& blob) {
  throw Error(ErrorKind::integrity,
              cat("`", file.string(), "` does not match the blob ", blob.digest.text(), " of ", blob.size, " bytes"),
              "run `lapstrake store check` to find damaged blobs, then build again");
}

// Hashes the body while it is sent, and ends the request before its last piece if the digest differs.
auto verifying(const oci::Descriptor& blob, const std::filesystem::path& file) {
  return [blob, file, hash = std::make_shared<Sha256>()](std::uint64_t offset, Bytes piece) {
    if (offset == 0) *hash = Sha256();
    hash->write(piece);
    if (offset + piece.size() == blob.size && oci::Digest(hash->finish()) != blob.digest) not_the_blob(file, blob);
  };
}

// The same before the upload, for a body that is sent in parts.
void check_content(const oci::Descriptor& blob, const std::filesystem::path& file, const std::stop_token& stop) {
  Sha256 hash;
  drain(
      file_source(file), [&](Bytes bytes) { hash.write(bytes); }, stop);
  if (oci::Digest(hash.finish()) != blob.digest) not_the_blob(file, blob);
}

void check_file(const oci::Descriptor& blob, const std::filesystem::path& file) {
  std::error_code code;
  const auto size = std::filesystem::file_size(file, code);
  if (code)
    throw Error(ErrorKind::input, cat("cannot read the blob `", file.string(), "`: ", reason(code.value())),
                "run `lapstrake store check` to find missing blobs, then build again");
  if (size != blob.size || (size == 0 && blob.digest != oci::Digest::of(""))) not_the_blob(file, blob);
}

// The session ended: the blob is stored, or the session does not exist any more.
bool ends_session(int status) { return status < 400 || status == 404 || status == 409 || status == 416; }

std::string cannot_push(const RegistryHttp& registry) { return cat("cannot push to `", registry.name(), "`"); }

bool has(RegistryHttp& registry, const oci::Digest& digest, std::uint64_t size, Tries tries) {
  const http::Request request{.method = "HEAD", .url = registry.url(cat("blobs/", digest.text()))};
  // A redirect means that the blob exists; its address is signed for GET only.
  const auto response = registry.send(request, Access::push, Redirects::keep, tries);
  if (response.status >= 300 && response.status < 400) return true;
  if (response.status == 404 || response.status == 405) return false;
  if (response.status >= 400) throw registry.error_of(response, cannot_push(registry));
  const auto length = response.headers.find("Content-Length");
  return !length || parse_integer(*length) == static_cast<std::int64_t>(size);
}

std::uint64_t least_chunk(const http::Headers& headers) {
  const auto said = parse_integer(headers.find("OCI-Chunk-Min-Length").value_or(""));
  return said && *said > 0 ? std::min(static_cast<std::uint64_t>(*said), most_least_chunk + 1) : 0;
}

// One PUT, or parts if that fails.
class Upload {
 public:
  Upload(RegistryHttp& registry, const oci::Descriptor& blob)
      : registry_(registry), blob_(blob), sessions_(registry, blob) {}
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  bool mount(const std::string& from) { return sessions_.mount(from); }

  void put(const std::filesystem::path& file, const std::function<void(std::uint64_t)>& progress) {
    check_file(blob_, file);
    if (is_ecr(registry_.host()) && blob_.size > most_ecr_layer)
      throw Error(ErrorKind::network,
                  cat("the layer ", blob_.digest.text(), " is too large for ECR: ", human_size(blob_.size)),
                  "ECR allows at most 52,000 MiB per layer: split it into several layers");
    if (whole(file, progress) || in_parts(file, progress)) return;
    may_split_ = false;
    whole(file, progress);
  }

 private:
  const ClientOptions& options() const { return registry_.options(); }

  // False: two PUTs of a large blob failed.
  bool whole(const std::filesystem::path& file, const std::function<void(std::uint64_t)>& progress) {
    return registry_.retrying([&] {
      if (puts_ > 0 && sessions_.has_blob()) return true;
      if (failed_puts_ >= most_failed_puts && may_split()) return false;
      send(file, progress);
      return true;
    });
  }

  // ECR's chunks do not help: it does not report how much of a broken chunk it received (aws/containers-roadmap#2831).
  bool may_split() const {
    const bool has_chunks = !is_ecr(registry_.host()) && !is_ecr_public(registry_.host());
    return may_split_ && blob_.size >= options().parts_from && (options().upload_in_parts || has_chunks);
  }

  // False: this registry does not support chunks.
  bool in_parts(const std::filesystem::path& file, const std::function<void(std::uint64_t)>& progress) {
    if (options().notice)
      options().notice(cat("uploading the blob ", blob_.digest.brief(), " of ", human_size(blob_.size),
                           " in parts: as one request it failed ", failed_puts_, " times"));
    if (options().upload_in_parts) {
      options().upload_in_parts(registry_.repository(), blob_, file, [&](std::uint64_t sent) {
        if (progress) progress(sent);
      });
      return true;
    }
    check_content(blob_, file, options().runtime.stop);
    return send_in_chunks(sessions_, file, progress);
  }

  // Throws a transient Error if another attempt may succeed.
  void send(const std::filesystem::path& file, const std::function<void(std::uint64_t)>& progress) {
    const auto session = sessions_.begin();
    auto put = sessions_.request(session, "PUT");
    put.url = with_query(session.url, "digest", blob_.digest.text());
    put.headers.set("Content-Type", "application/octet-stream");
    put.body = http::FileRange{file, 0, blob_.size};
    put.progress = progress;
    put.before_send = verifying(blob_, file);
    ++puts_;
    try {
      const auto response = registry_.attempt(std::move(put), Access::push);
      if (ends_session(response.status)) sessions_.ended(session);
      finish(response);
    } catch (Error& error) {
      if (!error.is_transient() || error.code() == ErrorCode::throttled) throw;
      if (error.kind() == ErrorKind::access && ++renewed_logins_ > 1) error.permanent();
      if (error.kind() == ErrorKind::network) ++failed_puts_;
      throw;
    }
  }

  void finish(const http::Response& response) {
    const auto status = response.status;
    const bool is_good = status == 200 || status == 201 || status == 204;
    if (is_good ? sessions_.is_taken(response) : status == 409 && sessions_.has_blob()) return;
    auto error = sessions_.error_of(response);
    if (status == 413) error.during(cat("sending a blob of ", human_size(blob_.size), " in one request"));
    if ((is_good || is_lost_session(response, error)) && ++lost_sessions_ < most_sessions) error.transient();
    throw error;
  }

  RegistryHttp& registry_;
  const oci::Descriptor& blob_;
  UploadSessions sessions_;
  bool may_split_ = true;
  unsigned puts_ = 0, failed_puts_ = 0, lost_sessions_ = 0, renewed_logins_ = 0;
};

}  // namespace

std::string UploadSessions::what() const { return cannot_push(registry_); }

bool UploadSessions::has_blob() const { return has(registry_, blob_.digest, blob_.size, Tries::one); }

http::Url UploadSessions::address() const { return registry_.url("blobs/uploads/"); }

UploadSession UploadSessions::begin() {
  if (next_session_) return *std::exchange(next_session_, std::nullopt);
  const auto url = address();
  http::Response response;
  try {
    response = registry_.attempt({.method = "POST", .url = url}, Access::push);
  } catch (const Error& error) {
    if (!is_ecr(registry_.host()) || error.code() != ErrorCode::connection_closed || ++closed_connections_ < 2) throw;
    throw missing_repository(registry_.host(), registry_.repository(), what(),
                             "it closes the connection when an upload begins (also when "
                             "ecr:InitiateLayerUpload is not allowed)");
  }
  closed_connections_ = 0;
  if (response.status != 202 && response.status != 201) throw error_of(response);
  return opened(url, response);
}

// distribution-spec, "Mounting a blob from another repository". Other errors will also occur in the upload.
bool UploadSessions::mount(const std::string& from) {
  const auto url = with_query(with_query(address(), "mount", blob_.digest.text()), "from", from);
  try {
    const auto response = registry_.attempt({.method = "POST", .url = url}, Access::mount);
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
  return digest ? *digest == blob_.digest.text() : has_blob();
}

UploadSession UploadSessions::opened(const http::Url& asked, const http::Response& response) {
  const auto location = response.headers.find("Location");
  if (!location)
    throw Error(ErrorKind::network, what())
        .because(cat("the reply of `", registry_.host(), "` has no Location for the upload"));
  auto session = checked(asked, response, *location);
  if (!registry_.is_own(session.url) && options().log)
    options().log(
        cat("`", registry_.host(), "` receives uploads at ", session.url.origin(), "; no login is sent there"));
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
    registry_.send_cancel(request(session, "DELETE"));
  }
} catch (...) {  // no memory
}

UploadSession UploadSessions::checked(const http::Url& asked, const http::Response& reply,
                                      const std::string& location) const {
  const auto url = resolve(asked, location);
  if (registry_.is_own(url)) {
    if (registry_.is_own(asked)) return {.url = url};
    throw Error(ErrorKind::network, what())
        .because(cat("refusing to send credentials: the upload server `", asked.origin(), "` redirects back to `",
                     registry_.host(), "`"));
  }
  if (url.scheme != "https")
    throw Error(ErrorKind::network, what())
        .because(cat("`", registry_.host(), "` redirects the upload to `", url.origin(), "`, without TLS"));
  const auto max_address_kind = http::max_kind_named_by(asked, reply.peer, http::AddressKind::global);
  http::check_address_literal(url, max_address_kind, registry_.host());
  return {.url = url, .max_address_kind = max_address_kind};
}

http::Request UploadSessions::request(const UploadSession& session, const std::string& method) const {
  http::Request request{.method = method, .url = session.url};
  if (!registry_.is_own(session.url)) request.max_address_kind = session.max_address_kind;
  return request;
}

bool UploadSessions::is_taken(const http::Response& response) const {
  const auto digest = response.headers.find("Docker-Content-Digest");
  if (digest && *digest != blob_.digest.text())
    throw Error(ErrorKind::integrity, what())
        .because(cat("sent the blob ", blob_.digest.text(), ", but the registry stored ", printable(*digest, 128)));
  return digest || has_blob();
}

bool is_lost_session(const http::Response& response, const Error& error) {
  const auto said = parse_error_response(response);
  return response.status == 416 || said.has("BLOB_UPLOAD_UNKNOWN") || said.has("BLOB_UPLOAD_INVALID") ||
         said.has("DIGEST_INVALID") || (response.status == 404 && error.code() != ErrorCode::missing_repository);
}

bool Repository::has_blob(const oci::Digest& digest, std::uint64_t size) const {
  return has(*http_, digest, size, Tries::by_policy);
}

void Repository::put_blob(const oci::Descriptor& blob, const std::filesystem::path& file,
                          const std::function<void(std::uint64_t sent)>& progress) const {
  Upload(*http_, blob).put(file, progress);
}

bool Repository::mount_or_put_blob(const oci::Descriptor& blob, const std::string& from,
                                   const std::function<std::filesystem::path()>& file,
                                   const std::function<void(std::uint64_t sent)>& progress) const {
  Upload upload(*http_, blob);
  if (upload.mount(from)) return true;
  upload.put(file(), progress);
  return false;
}

}  // namespace lapstrake::registry
