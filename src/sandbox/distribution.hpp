// The distribution API as ECR has it (docs/reference/sandbox.md lists where it differs from other registries), and the
// bucket that its blob downloads are sent to.
#pragma once
#include <string>

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
};

class Distribution {
 public:
  Distribution(Repositories& repositories, RegistryLogins& logins, bool create_repositories)
      : repositories_(repositories), logins_(logins), create_(create_repositories), uploads_(repositories) {}

  // /v2/...
  Answer answer(const Head& head, const BodyReader& body, const Visit& visit);
  // The bucket: GET with a signature in the query, and without an Authorization header.
  Answer download(const Head& head, Time now) const;
  // A URL of the bucket that is good for an hour.
  std::string download_url(const Head& head, const std::string& region, const std::string& digest, Time now) const;

 private:
  struct Route;
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
  bool create_;
  Uploads uploads_;
  std::string secret_ = random_text(32, "0123456789abcdef");
};

}  // namespace lapstrake::sandbox
