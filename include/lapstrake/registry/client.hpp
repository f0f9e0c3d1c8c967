// One repository of a registry, over the distribution API.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <lapstrake/base/world.hpp>
#include <lapstrake/http/message.hpp>
#include <lapstrake/http/retry.hpp>
#include <lapstrake/oci/descriptor.hpp>
#include <lapstrake/oci/place.hpp>
#include <lapstrake/oci/reference.hpp>
#include <lapstrake/registry/keychain.hpp>
#include <memory>
#include <optional>
#include <string>

namespace lapstrake::registry {

struct ClientOptions {
  http::Transport transport;  // plain: no retry, no redirects
  Keychain keychain;
  World world;
  http::RetryPolicy policy;
  http::RetryNotice notice = nullptr;
  // Hosts that may be spoken to without TLS (loopback hosts always may).
  std::function<bool(const std::string& host)> insecure = nullptr;
  // Secrets of `host` may also go to this token server (realm) on another host. docker.io's and gitlab.com's are built in.
  std::function<bool(const std::string& host, const http::Url& realm)> trusted_realm = nullptr;
  std::function<void(const std::string&)> log = nullptr;  // -v: which source a login came from
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

  bool has_blob(const oci::Digest& digest, std::uint64_t size) const;
  // POST, then one PUT; each retry begins a new session. `progress` is told bytes of this blob (it may go back at a retry).
  void put_blob(const oci::Descriptor& blob, const std::filesystem::path& file,
                const std::function<void(std::uint64_t sent)>& progress) const;

  // The digest and size that a tag or digest has now; nothing when there is none.
  std::optional<oci::Descriptor> find_manifest(const std::string& tag_or_digest) const;
  struct Text {
    std::string text;
    oci::Descriptor descriptor;  // digest computed from the text, and equal to the one asked for
  };
  Text get_manifest(const std::string& tag_or_digest) const;
  // By digest or tag. A tag that cannot be overwritten and has this digest already is success, with another digest an Error
  // that names both. The reply's digest, and a HEAD afterwards, must agree (Error{integrity}).
  void put_manifest(const std::string& tag_or_digest, const std::string& text, const std::string& media_type) const;

  // Streams a blob into `sink`, verified at its end.
  void get_blob(const oci::Descriptor& blob, const Sink& sink) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// An image in a registry as a place to read from.
oci::Place place(std::shared_ptr<const Repository> repository, const oci::RegistryReference& reference);

}  // namespace lapstrake::registry
