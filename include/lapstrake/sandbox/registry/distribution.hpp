// The distribution API with ECR's behaviour (docs/reference/sandbox.md lists the differences from other registries),
// and the bucket to which blob downloads are redirected.
#pragma once
#include <functional>
#include <lapstrake/sandbox/net/hosts.hpp>
#include <lapstrake/sandbox/net/message.hpp>
#include <lapstrake/sandbox/registry/logins.hpp>
#include <lapstrake/sandbox/registry/permissions.hpp>
#include <lapstrake/sandbox/registry/repositories.hpp>
#include <lapstrake/sandbox/registry/uploads.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::sandbox {

// The account, region and time of a request.
struct RequestContext {
  std::string account, region;
  Time now;
  bool expire_login = false;  // fault injection: treat the login as expired
  std::string caller = {};    // account of the credentials that the sandbox issued
  bool is_public() const { return account == public_account; }
};

struct Route;

class Distribution {
 public:
  Distribution(Repositories& repositories, RegistryLogins& logins, Uploads& uploads, bool create_repositories,
               Denies denies)
      : repositories_(repositories),
        logins_(logins),
        uploads_(uploads),
        create_(create_repositories),
        denies_(std::move(denies)) {}

  // /v2/...
  Response respond(const RequestHead& head, const BodyReader& body, const RequestContext& context);
  // ECR Public's token server.
  Response token(const RequestHead& head, Time now) const;
  // The bucket: GET with a signature in the query, and without an Authorization header.
  Response download(const RequestHead& head, Time now) const;
  // A URL of the bucket that is good for an hour.
  std::string download_url(const RequestHead& head, const std::string& region, const std::string& digest,
                           Time now) const;

 private:
  std::optional<Response> private_login_error(const RequestHead& head, const RequestContext& context) const;
  std::optional<Response> public_login_error(const RequestHead& head, const RequestContext& context) const;
  Response blob(const RequestHead& head, const Route& route, const RequestContext& context);
  Response begin_upload(const RequestHead& head, const Route& route, const RequestContext& context);
  Response upload(const RequestHead& head, const BodyReader& body, const Route& route, const RequestContext& context);
  Response finish_upload(const RequestHead& head, const Route& route, const RequestContext& context);
  Response manifest(const RequestHead& head, const BodyReader& body, const Route& route, const RequestContext& context);
  Response put(const RequestHead& head, const BodyReader& body, const Route& route, const RequestContext& context);
  Response tags(const RequestHead& head, const Route& route, const RequestContext& context);
  Response referrers(const Route& route, const RequestContext& context);

  std::string download_signature(const std::string& path, const std::string& expires) const;

  Repositories& repositories_;
  RegistryLogins& logins_;
  Uploads& uploads_;
  bool create_;
  Denies denies_;
  std::string secret_ = random_text(32, "0123456789abcdef");
};

}  // namespace lapstrake::sandbox
