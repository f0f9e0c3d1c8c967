// One blob's way into a registry: a session, one PUT, and what to make of every answer.
#include <filesystem>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/registry/client.hpp>

#include "refusal.hpp"
#include "state.hpp"

namespace lapstrake::registry {
namespace {

constexpr unsigned most_sessions = 3;                      // that are lost (F8)
constexpr std::uint64_t most_ecr_layer = 52'000ull << 20;  // ECR's quota: Service Quotas, "layer size"

[[noreturn]] void not_the_blob(const std::filesystem::path& file, const oci::Descriptor& blob) {
  throw Error(Fault::integrity,
              cat("`", file.string(), "` is not the blob ", blob.digest.text(), " of ", blob.size, " bytes"),
              "`lapstrake store check` finds what is spoilt; build again");
}

// Hashes the body as it goes out, and ends the request before its last piece if it is not the blob.
auto verifying(const oci::Descriptor& blob, const std::filesystem::path& file) {
  return [&blob, file, hash = std::make_shared<Sha256>()](std::uint64_t offset, Bytes piece) {
    if (offset == 0) *hash = Sha256();
    hash->write(piece);
    if (offset + piece.size() == blob.size && oci::Digest(hash->finish()) != blob.digest) not_the_blob(file, blob);
  };
}

// What an upload needs of its repository.
struct Target {
  std::string host, name;
  const ClientOptions& options;
  Exchange& exchange;
  std::function<Error(const http::Response&, std::string what)> refusal;
  std::function<bool(const oci::Descriptor&)> has;  // asked once
};

class Upload {
 public:
  Upload(Target target, const oci::Descriptor& blob, const std::filesystem::path& file)
      : target_(std::move(target)), blob_(blob), file_(file) {}

  // HEAD (at a retry), POST, PUT. Errors that are transient ask for another attempt.
  void attempt(const std::string& path, const std::function<void(std::uint64_t)>& progress) {
    if (attempts_++ > 0 && target_.has(blob_)) return;
    const auto session = begin(path);
    http::Request put{.method = "PUT",
                      .url = with_query(session, "digest", blob_.digest.text()),
                      .headers = {{"Content-Type", "application/octet-stream"}},
                      .body = http::FileRange{file_, 0, blob_.size},
                      .progress = progress,
                      .tap = verifying(blob_, file_)};
    put.from_elsewhere = !target_.exchange.is_own(session) && !http::is_loopback(target_.exchange.url("/").host);
    finish(target_.exchange.attempt(std::move(put), Access::push));
  }

 private:
  std::string what() const { return cat("cannot push to `", target_.host, "/", target_.name, "`"); }

  http::Url begin(const std::string& path) {
    const auto url = target_.exchange.url(path);
    http::Response response;
    try {
      response = target_.exchange.attempt({.method = "POST", .url = url}, Access::push);
    } catch (const Error& error) {
      if (!is_ecr(target_.host) || error.reason() != http::closed_without_reply || ++hangups_ < 2) throw;
      throw missing_repository(target_.host, target_.name, what(),
                               "it closes the connection when an upload is begun (it does so too when "
                               "ecr:InitiateLayerUpload is not allowed)");
    }
    if (response.status != 202 && response.status != 201) throw target_.refusal(response, what());
    const auto location = response.headers.find("Location");
    if (!location)
      throw Error(Fault::network, what())
          .because(cat("`", target_.host, "` does not say where to upload to: its answer has no Location"));
    const auto session = resolve(url, *location);
    if (target_.exchange.is_own(session)) return session;
    if (session.scheme != "https")
      throw Error(Fault::network, what())
          .because(cat("`", target_.host, "` wants the upload at `", session.origin(), "`, without TLS"));
    if (target_.options.log)
      target_.options.log(cat("`", target_.host, "` takes uploads at ", session.origin(), "; no login is sent there"));
    return session;
  }

  void finish(const http::Response& response) {
    if (response.status == 200 || response.status == 201 || response.status == 204) {
      const auto digest = response.headers.find("Docker-Content-Digest");
      if (digest && *digest != blob_.digest.text())
        throw Error(Fault::integrity, what())
            .because(cat("sent the blob ", blob_.digest.text(), ", and the registry says that it took ",
                         printable(*digest, 128)));
      return;
    }
    const auto said = refusal_of(response);
    if (response.status == 409 && target_.has(blob_)) return;
    auto error = target_.refusal(response, what());
    const bool lost = response.status == 416 || said.has("BLOB_UPLOAD_UNKNOWN") || said.has("BLOB_UPLOAD_INVALID") ||
                      said.has("DIGEST_INVALID") || (response.status == 404 && !is_missing_repository(error));
    if (response.status == 413) error.during(cat("sending a blob of ", human_size(blob_.size), " in one request"));
    if (lost && ++lost_sessions_ < most_sessions) error.transient();
    throw error;
  }

  Target target_;
  const oci::Descriptor& blob_;
  const std::filesystem::path& file_;
  unsigned attempts_ = 0, hangups_ = 0, lost_sessions_ = 0;
};

void check_file(const oci::Descriptor& blob, const std::filesystem::path& file) {
  std::error_code code;
  const auto size = std::filesystem::file_size(file, code);
  if (code)
    throw Error(Fault::input, cat("cannot read the blob `", file.string(), "`: ", reason(code.value())),
                "`lapstrake store check` finds what is missing; build again");
  if (size != blob.size || (size == 0 && blob.digest != oci::Digest::of(""))) not_the_blob(file, blob);
}

}  // namespace

void Repository::put_blob(const oci::Descriptor& blob, const std::filesystem::path& file,
                          const std::function<void(std::uint64_t sent)>& progress) const {
  check_file(blob, file);
  if (is_ecr(state_->host) && blob.size > most_ecr_layer)
    throw Error(Fault::network, cat("the layer ", blob.digest.text(), " is too large for ECR: ", human_size(blob.size)),
                "ECR takes layers of at most 52,000 MiB: split it into several layers");
  const auto& state = *state_;
  Upload upload(
      {.host = state.host,
       .name = state.name,
       .options = state.options,
       .exchange = state.exchange,
       .refusal = [&](const http::Response& response,
                      std::string what) { return state.refusal(response, std::move(what)); },
       .has = [&](const oci::Descriptor& wanted) { return state.has_blob(wanted.digest, wanted.size, Tries::one); }},
      blob, file);
  http::retrying(state_->options.policy, world(), state_->options.notice,
                 [&] { upload.attempt(state_->path("blobs/uploads/"), progress); });
}

}  // namespace lapstrake::registry
