// Creates transports, logins, AWS sessions and registry clients for a run.
#pragma once
#include <atomic>
#include <functional>
#include <lapstrake/app/context.hpp>
#include <lapstrake/aws/call.hpp>
#include <lapstrake/aws/credentials/lookup.hpp>
#include <lapstrake/aws/ecr/host.hpp>
#include <lapstrake/aws/ecr/login.hpp>
#include <lapstrake/http/message.hpp>
#include <lapstrake/http/retry.hpp>
#include <lapstrake/registry/client.hpp>
#include <memory>
#include <optional>
#include <string>

#include <lapstrake/app/connect/ecr_logins.hpp>
#include <lapstrake/app/connect/registry_settings.hpp>

namespace lapstrake::app {

// A value. All networks of a run share the ECR logins and the rate limiter.
class Network {
 public:
  Network(const Context& context, Registries registries);

  // A session in `region`, or in the user's region if it is empty. Error{access} without credentials, Error{usage}
  // without a region.
  aws::Session session(const std::string& region) const;
  // A session for the ECR API, with the endpoint variant of the host (FIPS, dualstack).
  aws::Session session(const aws::EcrHost& host) const;
  // The region that the user chose by option, environment or profile.
  std::optional<std::string> user_region() const;
  std::shared_ptr<const registry::Repository> repository(const std::string& host, const std::string& name) const;
  // The same for reading: tries the mirrors of the host first, then the host.
  std::shared_ptr<const registry::Repository> reading(const std::string& host, const std::string& name) const;

  // For plain downloads: no logins, no retries. With --offline it refuses every request.
  const http::Transport& transport() const { return transport_; }
  // Reports retries as warnings.
  http::RetryNotice notice() const;
  // Shared by all requests of the run.
  registry::RateLimiter& rate_limiter() const { return *run_->rate_limiter; }

 private:
  registry::ClientOptions client_options(const std::string& host, const std::string& name) const;
  std::optional<registry::Login> login(const registry::Keychain& docker, const std::string& host, bool renew) const;
  // Logins with the same `key` are shared.
  registry::Login ecr_login(const std::string& host, const std::string& key, bool renew,
                            const std::function<EcrLogins::Login()>& fetch) const;
  std::optional<registry::Login> public_login(const registry::Keychain& docker, const std::string& host,
                                              bool renew) const;
  aws::Lookup lookup() const;
  bool has_credentials() const;
  using PartsUpload = decltype(registry::ClientOptions::upload_in_parts);
  // Upload by ECR's layer API; null for other registries.
  PartsUpload parts_for(const std::string& host) const;

  Runtime runtime_;
  ConnectionSettings settings_;
  Reporting report_;
  std::shared_ptr<Run> run_;
  Registries registries_;
  http::Transport transport_;
  std::shared_ptr<EcrLogins> logins_;
  std::shared_ptr<aws::LiveCredentials> credentials_;
  std::shared_ptr<std::atomic<bool>> no_public_login_ = std::make_shared<std::atomic<bool>>(false);  // told once
};

}  // namespace lapstrake::app
