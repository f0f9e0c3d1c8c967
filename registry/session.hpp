// The far end of an upload: where a blob's bytes go to, and what the registry says about them.
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

constexpr std::uint64_t most_least_chunk = 256u << 20;  // a registry that wants more is better served by one PUT
constexpr unsigned most_sessions = 3;                   // of one blob's upload, that are lost (F8)

// What the upload of one blob needs of its repository.
struct Target {
  std::string host, name;
  const ClientOptions& options;
  RegistryHttp& api;
  const oci::Descriptor& blob;
  std::function<Error(const http::Response&, std::string what)> refusal;
  std::function<bool()> has;  // the blob; asked once

  std::string what() const;  // "cannot push to `host/name`"
};

struct Session {
  http::Url url;
  http::AddressKind max_address_kind =
      http::AddressKind::global;  // that it may be sent to, where it is not the registry
  std::uint64_t least_chunk = 0;  // OCI-Chunk-Min-Length, if it says something that can be
};

// Begins the sessions of one blob's upload, and cancels in the end those that came to nothing.
class Sessions {
 public:
  explicit Sessions(const Target& target) : target_(target) {}
  ~Sessions() { cancel(); }
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;

  Session begin();
  // Asks for the blob of the repository `from`; tried once, since an upload does as well. True: the blob is there now.
  // A refusal may open a session, which the next begin() returns.
  bool mount(const std::string& from);
  // After a part was sent: the next one goes where the reply says.
  Session next(const Session& session, const http::Response& response);
  // The registry has no such session any more: it took the blob, or lost what it had.
  void ended(const Session& session);
  // A request that belongs to the session; without secrets where that is elsewhere.
  http::Request request(const Session& session, const std::string& method) const;

 private:
  http::Url address() const;
  Session opened(const http::Url& asked, const http::Response& response);
  void cancel() noexcept;
  // Where `reply`, to a request to `asked`, sends the upload. Error when that is not to be followed.
  Session checked(const http::Url& asked, const http::Response& reply, const std::string& location) const;
  bool is_granted(const http::Response& response) const;

  const Target& target_;
  std::optional<Session> offered_;
  std::vector<Session> open_ = {};  // those that are not known to have ended
  unsigned hangups_ = 0;            // in a row
};

// After the last byte. A reply that does not name the blob is not believed: the registry is asked (HEAD). False: it
// does not have it, and does not say why. Error{integrity} when it took another one; other statuses than 200, 201 and
// 204 are for the caller.
bool is_taken(const Target& target, const http::Response& response);

// Was the session lost, so that a new one may do better (F8)?
bool is_lost_session(const http::Response& response, const Error& refusal);

}  // namespace lapstrake::registry
