// One repository of a registry, over the distribution API.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/world.hpp>
#include <lapstrake/http/message.hpp>
#include <lapstrake/http/retry.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/place.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/registry/keychain.hpp>
#include <lapstrake/registry/rate_limiter.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::registry {

class Repository;

struct ClientOptions {
  http::Transport transport = nullptr;  // plain: no retry, no redirects
  Keychain keychain = nullptr;
  World world = {};
  http::RetryPolicy policy = {};
  http::RetryNotice notice = nullptr;
  std::shared_ptr<RateLimiter> rate_limiter = nullptr;  // one for all repositories of a run; none: this one's own
  // Hosts that may be spoken to without TLS (loopback hosts always may). Such a host is asked once, without secrets, by
  // https; if no TLS is spoken there and an HTTP server answers, all goes in the clear. Other hosts are spoken to by
  // https alone.
  std::function<bool(const std::string& host)> insecure = nullptr;
  // Secrets of `host` may also go to this token server (realm) at another origin. docker.io's, registry.gitlab.com's
  // and nvcr.io's are built in, and port 443 of the registry's own host.
  std::function<bool(const std::string& host, const http::Url& realm)> trusted_realm = nullptr;
  std::function<void(const std::string&)> log = nullptr;  // -v: which source a login came from
  // Another way up for a blob of `parts_from` bytes or more whose PUT failed twice (ECR's own layer API). Its errors
  // are the push's. `progress` is told bytes of this blob, and always there. None: chunks, over the distribution API.
  std::function<void(const std::string& repository, const oci::Descriptor& blob, const std::filesystem::path& file,
                     const std::function<void(std::uint64_t sent)>& progress)>
      upload_in_parts = nullptr;
  std::uint64_t parts_from = 64u << 20;
  // Repositories that have what this one has: manifests and blobs are read from them, in their order, before this one
  // is asked; nothing else is. One that does not answer, or lacks something, is passed over; `log` is told.
  std::vector<std::shared_ptr<const Repository>> mirrors = {};
  bool mirrors_only = false;  // this one is not read at all
};

// Answers challenges (Basic, Bearer; tokens cached by scope), retries by the policy, resolves redirects itself without
// secrets. Failures are Errors that name the repository, carry the registry's own message in `because` and a cure.
// Safe to use from several threads.
class Repository {
 public:
  Repository(ClientOptions options, std::string host, std::string name);
  ~Repository();
  Repository(Repository&&) noexcept;

  std::string name() const;  // "host/name"
  const World& world() const;

  // A blob of another size under this digest counts as absent.
  bool has_blob(const oci::Digest& digest, std::uint64_t size) const;
  // POST, then one PUT; each retry asks again whether the blob is there and begins a new session. A blob of
  // `parts_from` bytes or more whose PUT failed twice goes up in parts. `progress` is told bytes of this blob (it may
  // go back at a retry). Error{integrity}, before the last byte is sent, when the file is not the blob.
  void put_blob(const oci::Descriptor& blob, const std::filesystem::path& file,
                const std::function<void(std::uint64_t sent)>& progress) const;
  // Takes the blob over from the repository `from` of the same registry, without a byte sent: true. Where that is
  // refused, for whatever reason, the blob is put, in the session that the refusal opened if it did; only then is
  // `file` asked for.
  bool mount_or_put_blob(const oci::Descriptor& blob, const std::string& from,
                         const std::function<std::filesystem::path()>& file,
                         const std::function<void(std::uint64_t sent)>& progress) const;

  // The digest and size that a tag or digest has now; nothing when there is none.
  std::optional<oci::Descriptor> find_manifest(const std::string& tag_or_digest) const;
  struct Text {
    std::string text;
    oci::Descriptor descriptor;  // digest computed from the text, and equal to the one asked for
  };
  Text get_manifest(const std::string& tag_or_digest) const;
  // By digest or tag. A tag that cannot be overwritten and has this digest already is success, with another digest an
  // Error that names both. The reply's digest, and a HEAD afterwards, must agree (Error{integrity}).
  void put_manifest(const std::string& tag_or_digest, const std::string& text, const std::string& media_type) const;

  // What has `subject` as its subject, of one artifact type or all; nothing when the registry does not have this API
  // (referrers.hpp knows what stands in for it).
  std::optional<std::vector<oci::Descriptor>> referrers(const oci::Digest& subject,
                                                        const std::string& artifact_type = {}) const;

  // Streams a blob into `sink`, verified at its end; a broken connection is taken up where it broke.
  void get_blob(const oci::Descriptor& blob, const Sink& sink) const;
  // Bytes of a blob from `offset` on, at least one and at most `most`, or all of the rest where the registry serves no
  // ranges (at most 64 MiB). Not verified: see oci::verified.
  std::string get_range(const oci::Descriptor& blob, std::uint64_t offset, std::uint64_t most) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The push failed because the repository does not exist and is not made by pushing (ECR): the app may create it and
// push again.
bool is_missing_repository(const Error& error);
// A manifest was refused because the registry lacks a blob or a child that it names (it may have said otherwise
// before).
bool is_missing_content(const Error& error);

// An image in a registry as a place to read from; without tag and digest "latest". Blobs are read in ranges of 8 MiB,
// so that a reader may be slow; a registry that serves no ranges is read whole if that is not more than 64 MiB.
oci::Place place(std::shared_ptr<const Repository> repository, const oci::RegistryReference& reference);

}  // namespace lapstrake::registry
