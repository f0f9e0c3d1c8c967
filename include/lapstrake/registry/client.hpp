// One repository of a registry, over the distribution API.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/http/message.hpp>
#include <lapstrake/http/retry.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/image_reader.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/registry/keychain.hpp>
#include <lapstrake/registry/rate_limiter.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::registry {

struct ClientOptions {
  http::Transport transport = nullptr;  // plain: no retry, no redirects
  Keychain keychain = nullptr;
  Runtime runtime = {};
  http::RetryPolicy policy = {};
  http::RetryNotice notice = nullptr;
  std::shared_ptr<RateLimiter> rate_limiter = nullptr;  // shared by all repositories of a run; none: a new one
  // Hosts that may be used without TLS (loopback hosts always may). Such a host is probed once, without secrets: if
  // https fails and an HTTP server answers, all requests use http. All other hosts use https only.
  std::function<bool(const std::string& host)> insecure = nullptr;
  // Whether secrets of `host` may be sent to this token server (realm) at another origin. Those of docker.io,
  // registry.gitlab.com and nvcr.io are built in, and port 443 of the registry's own host.
  std::function<bool(const std::string& host, const http::Url& realm)> trusted_realm = nullptr;
  std::function<void(const std::string&)> log = nullptr;  // -v: which source a login came from
  // Uploads a blob of `parts_from` bytes or more whose PUT failed twice (ECR's own layer API). Its errors fail the
  // push. `progress` receives the bytes sent of this blob and is never empty. None: chunks, over the distribution API.
  std::function<void(const std::string& repository, const oci::Descriptor& blob, const std::filesystem::path& file,
                     const std::function<void(std::uint64_t sent)>& progress)>
      upload_in_parts = nullptr;
  std::uint64_t parts_from = 64u << 20;
};

class RegistryHttp;

// Answers challenges (Basic, Bearer; caches tokens by scope), retries by the policy, follows redirects without secrets.
// Throws Errors that name the repository, with the registry's message in `because`, a cure, and the code
// `missing_repository` or `missing_content` if that is the failure.
// Safe to use from several threads.
class Repository {
 public:
  Repository(ClientOptions options, std::string host, std::string name);
  virtual ~Repository();
  Repository(Repository&&) noexcept;

  std::string name() const;  // "host/name"
  const Runtime& runtime() const;

  // A blob of another size under this digest counts as missing.
  bool has_blob(const oci::Digest& digest, std::uint64_t size) const;
  // POST, then one PUT; each retry first checks for the blob and begins a new session. A blob of `parts_from` bytes or
  // more whose PUT failed twice is uploaded in parts. `progress` receives the bytes sent of this blob (a retry starts
  // at 0 again). Error{integrity}, before the last byte is sent, when the file's content differs from the blob.
  void put_blob(const oci::Descriptor& blob, const std::filesystem::path& file,
                const std::function<void(std::uint64_t sent)>& progress) const;
  // True: the blob was mounted from the repository `from` of the same registry, without an upload. If the mount fails
  // for any reason, uploads the blob, in the session that the mount request opened, if any; only then calls `file`.
  bool mount_or_put_blob(const oci::Descriptor& blob, const std::string& from,
                         const std::function<std::filesystem::path()>& file,
                         const std::function<void(std::uint64_t sent)>& progress) const;

  // The current digest and size of a tag or digest; nothing when it does not exist.
  virtual std::optional<oci::Descriptor> find_manifest(const std::string& tag_or_digest) const;
  struct Text {
    std::string text;
    oci::Descriptor descriptor;  // its digest was computed from the text and equals a requested digest
  };
  virtual Text get_manifest(const std::string& tag_or_digest) const;
  // By digest or tag. For an immutable tag that exists: success when it has this digest already, otherwise an Error
  // with both digests. The reply's digest and a HEAD afterwards must match (Error{integrity}).
  void put_manifest(const std::string& tag_or_digest, const std::string& text, const std::string& media_type) const;

  // The manifests with this `subject`, of one artifact type or all; nothing when the registry does not have this API
  // (referrers.hpp uses the fallback tag then).
  std::optional<std::vector<oci::Descriptor>> referrers(const oci::Digest& subject,
                                                        const std::string& artifact_type = {}) const;

  // Streams a blob into `sink` and verifies it at the end; resumes after a broken connection.
  virtual void get_blob(const oci::Descriptor& blob, const Sink& sink) const;
  // Bytes of a blob from `offset` on, at least one and at most `most`; all remaining bytes if the registry does not
  // support ranges (at most 64 MiB). Not verified: see oci::verified.
  virtual std::string get_range(const oci::Descriptor& blob, std::uint64_t offset, std::uint64_t most) const;

 private:
  std::unique_ptr<RegistryHttp> http_;
};

// Reads an image from a registry; without tag and digest "latest". Reads blobs in ranges of 8 MiB, so that the reader
// may be slow; without range support reads blobs of at most 64 MiB as a whole.
oci::ImageReader image_reader(std::shared_ptr<const Repository> repository, const oci::RegistryReference& reference);

}  // namespace lapstrake::registry
