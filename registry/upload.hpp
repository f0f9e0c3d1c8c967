// The upload of one blob: its sessions at the registry (begin, mount, continue, cancel), the meaning of the replies,
// and the two ways to send it, as one PUT (upload.cpp) or in chunks (chunked_upload.cpp).
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <lapstrake/registry/client.hpp>
#include <optional>
#include <string>
#include <vector>

#include "registry_http.hpp"

namespace lapstrake::registry {

constexpr std::uint64_t most_least_chunk = 256u << 20;  // for larger minimum sizes use a single PUT
constexpr unsigned most_sessions = 3;                   // lost sessions per blob (F8)

struct UploadSession {
  http::Url url;
  http::AddressKind max_address_kind = http::AddressKind::global;  // if the URL is not the registry's
  std::uint64_t least_chunk = 0;                                   // OCI-Chunk-Min-Length; 0 if absent or invalid
};

// The upload sessions of one blob. The destructor cancels those that did not end.
class UploadSessions {
 public:
  // Both must stay valid.
  UploadSessions(RegistryHttp& registry, const oci::Descriptor& blob) : registry_(registry), blob_(blob) {}
  ~UploadSessions() { cancel(); }
  UploadSessions(const UploadSessions&) = delete;
  UploadSessions& operator=(const UploadSessions&) = delete;

  UploadSession begin();
  // Tries once to mount the blob from the repository `from`. True: the blob is there now. Otherwise the registry may
  // have opened a session, which the next begin() returns.
  bool mount(const std::string& from);
  // After a chunk was sent: the session for the next one, at the reply's Location.
  UploadSession next(const UploadSession& session, const http::Response& response);
  // The session no longer exists: the registry stored the blob or dropped the session.
  void ended(const UploadSession& session);
  // A request to the session's URL; without secrets if that has another origin.
  http::Request request(const UploadSession& session, const std::string& method) const;

  RegistryHttp& registry() const { return registry_; }
  const ClientOptions& options() const { return registry_.options(); }
  const oci::Descriptor& blob() const { return blob_; }
  bool has_blob() const;  // one attempt
  // Whether the registry has the blob after the closing PUT's reply (200, 201 or 204). If the reply does not name the
  // blob, checks with HEAD. False: the registry does not have it, for an unknown reason. Error{integrity} when the
  // registry stored another digest.
  bool is_taken(const http::Response& response) const;
  Error error_of(const http::Response& response) const { return registry_.error_of(response, what()); }

 private:
  std::string what() const;  // "cannot push to `host/name`"
  http::Url address() const;
  UploadSession opened(const http::Url& asked, const http::Response& response);
  void cancel() noexcept;
  // The session at `location`, from the reply to a request to `asked`. Error when the address is not allowed.
  UploadSession checked(const http::Url& asked, const http::Response& reply, const std::string& location) const;
  bool is_mounted(const http::Response& response) const;

  RegistryHttp& registry_;
  const oci::Descriptor& blob_;
  std::optional<UploadSession> next_session_;
  std::vector<UploadSession> open_ = {};  // sessions that have not ended
  unsigned closed_connections_ = 0;       // consecutive
};

// Uploads a large blob in chunks, for connections that break before a single PUT ends: received chunks are kept.
// Defined in chunked_upload.cpp. False: this registry does not support chunks, or drops the session after a broken
// chunk (distribution 2.8 does), so that a single PUT is more likely to succeed. Attempts that transfer bytes do not
// count as attempts of the policy.
bool send_in_chunks(UploadSessions& sessions, const std::filesystem::path& file,
                    const std::function<void(std::uint64_t sent)>& progress);

// Was the session lost, so that a new session may succeed (F8)?
bool is_lost_session(const http::Response& response, const Error& error);

}  // namespace lapstrake::registry
