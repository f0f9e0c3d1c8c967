// The distribution API as ECR has it (docs/reference/sandbox.md lists where it differs from other registries), and the
// bucket that its blob downloads are sent to.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "hosts.hpp"
#include "logins.hpp"
#include "message.hpp"
#include "repositories.hpp"
#include "uploads.hpp"

namespace lapstrake::sandbox {

// What a request is about and when it is answered.
struct Visit {
  std::string account, region;
  Time now;
  bool expire_login = false;  // a fault: the login counts as expired
  std::string caller = {};    // whose credentials the sandbox gave out
  bool is_public() const { return account == public_account; }
};

struct Route;

class Distribution {
 public:
  using Denies = std::function<bool(std::string_view action)>;
  Distribution(Repositories& repositories, RegistryLogins& logins, Uploads& uploads, bool create_repositories,
               Denies denies)
      : repositories_(repositories),
        logins_(logins),
        uploads_(uploads),
        create_(create_repositories),
        denies_(std::move(denies)) {}

  // /v2/...
  Answer answer(const Head& head, const BodyReader& body, const Visit& visit);
  // ECR Public's token server.
  Answer token(const Head& head, Time now) const;
  // The bucket: GET with a signature in the query, and without an Authorization header.
  Answer download(const Head& head, Time now) const;
  // A URL of the bucket that is good for an hour.
  std::string download_url(const Head& head, const std::string& region, const std::string& digest, Time now) const;

 private:
  std::optional<Answer> refused_private(const Head& head, const Visit& visit) const;
  std::optional<Answer> refused_public(const Head& head, const Visit& visit) const;
  Answer blob(const Head& head, const Route& route, const Visit& visit);
  Answer begin_upload(const Head& head, const Route& route, const Visit& visit);
  Answer upload(const Head& head, const BodyReader& body, const Route& route, const Visit& visit);
  Answer finish_upload(const Head& head, const Route& route, const Visit& visit);
  Answer manifest(const Head& head, const BodyReader& body, const Route& route, const Visit& visit);
  Answer put(const Head& head, const BodyReader& body, const Route& route, const Visit& visit);
  Answer tags(const Head& head, const Route& route, const Visit& visit);
  Answer referrers(const Route& route, const Visit& visit);

  std::string download_signature(const std::string& path, const std::string& expires) const;

  Repositories& repositories_;
  RegistryLogins& logins_;
  Uploads& uploads_;
  bool create_;
  Denies denies_;
  std::string secret_ = random_text(32, "0123456789abcdef");
};

}  // namespace lapstrake::sandbox
