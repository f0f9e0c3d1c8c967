// Uploads one blob: a session and one PUT, or parts if that fails.
#include <filesystem>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/registry/client.hpp>

#include "chunked_upload.hpp"
#include "error_response.hpp"
#include "repository.hpp"

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

class Upload {
 public:
  explicit Upload(UploadTarget target) : target_(std::move(target)), blob_(target_.blob), sessions_(target_) {}
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  bool mount(const std::string& from) { return sessions_.mount(from); }

  void put(const std::filesystem::path& file, const std::function<void(std::uint64_t)>& progress) {
    check_file(blob_, file);
    if (is_ecr(target_.host) && blob_.size > most_ecr_layer)
      throw Error(ErrorKind::network,
                  cat("the layer ", blob_.digest.text(), " is too large for ECR: ", human_size(blob_.size)),
                  "ECR allows at most 52,000 MiB per layer: split it into several layers");
    if (whole(file, progress) || in_parts(file, progress)) return;
    may_split_ = false;
    whole(file, progress);
  }

 private:
  const ClientOptions& options() const { return target_.options; }

  // False: two PUTs of a large blob failed.
  bool whole(const std::filesystem::path& file, const std::function<void(std::uint64_t)>& progress) {
    return http::retrying(options().policy, options().runtime, options().notice, [&] {
      if (puts_ > 0 && target_.has_blob()) return true;
      if (failed_puts_ >= most_failed_puts && may_split()) return false;
      send(file, progress);
      return true;
    });
  }

  // ECR's chunks do not help: it does not report how much of a broken chunk it received (aws/containers-roadmap#2831).
  bool may_split() const {
    const bool has_chunks = !is_ecr(target_.host) && !is_ecr_public(target_.host);
    return may_split_ && blob_.size >= options().parts_from && (options().upload_in_parts || has_chunks);
  }

  // False: this registry does not support chunks.
  bool in_parts(const std::filesystem::path& file, const std::function<void(std::uint64_t)>& progress) {
    if (options().notice)
      options().notice(cat("uploading the blob ", blob_.digest.brief(), " of ", human_size(blob_.size),
                           " in parts: as one request it failed ", failed_puts_, " times"));
    if (options().upload_in_parts) {
      options().upload_in_parts(target_.name, blob_, file, [&](std::uint64_t sent) {
        if (progress) progress(sent);
      });
      return true;
    }
    check_content(blob_, file, options().runtime.stop);
    return ChunkedUpload(target_, sessions_, file, progress).send();
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
      const auto response = target_.api.attempt(std::move(put), Access::push);
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
    if (is_good ? is_taken(target_, response) : status == 409 && target_.has_blob()) return;
    auto error = target_.error_of(response, target_.what());
    if (status == 413) error.during(cat("sending a blob of ", human_size(blob_.size), " in one request"));
    if ((is_good || is_lost_session(response, error)) && ++lost_sessions_ < most_sessions) error.transient();
    throw error;
  }

  UploadTarget target_;
  const oci::Descriptor& blob_;
  UploadSessions sessions_;
  bool may_split_ = true;
  unsigned puts_ = 0, failed_puts_ = 0, lost_sessions_ = 0, renewed_logins_ = 0;
};

}  // namespace

UploadTarget Repository::State::upload_target(const oci::Descriptor& blob) const {
  return {.host = host,
          .name = name,
          .options = options,
          .api = api,
          .blob = blob,
          .error_of = [this](const http::Response& response,
                             std::string what) { return error_of(response, std::move(what)); },
          .has_blob = [this, digest = blob.digest, size = blob.size] { return has_blob(digest, size, Tries::one); }};
}

void Repository::put_blob(const oci::Descriptor& blob, const std::filesystem::path& file,
                          const std::function<void(std::uint64_t sent)>& progress) const {
  Upload(state_->upload_target(blob)).put(file, progress);
}

bool Repository::mount_or_put_blob(const oci::Descriptor& blob, const std::string& from,
                                   const std::function<std::filesystem::path()>& file,
                                   const std::function<void(std::uint64_t sent)>& progress) const {
  Upload upload(state_->upload_target(blob));
  if (upload.mount(from)) return true;
  upload.put(file(), progress);
  return false;
}

}  // namespace lapstrake::registry
