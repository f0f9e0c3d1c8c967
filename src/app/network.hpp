// The one place where transports, logins and sessions are put together.
#pragma once
#include <atomic>
#include <functional>
#include <lapstrake/app/context.hpp>
#include <lapstrake/aws/call.hpp>
#include <lapstrake/aws/ecr.hpp>
#include <lapstrake/http/message.hpp>
#include <lapstrake/registry/client.hpp>
#include <memory>
#include <optional>
#include <string>

#include "ecr_logins.hpp"
#include "trust.hpp"

namespace lapstrake::app {

// A value. Logins to ECR and the pace are the run's, whatever the number of networks.
class Network {
 public:
  Network(const Context& context, Registries registries);

  // A session in `region`, or in the user's when it is empty. Error{access} without credentials, Error{usage} without a
  // region.
  aws::Session session(const std::string& region) const;
  // One for ECR's API in the form that the host asks for (FIPS, dualstack).
  aws::Session session(const aws::EcrHost& host) const;
  // The region that the user chose by option, environment or profile.
  std::optional<std::string> user_region() const;
  std::shared_ptr<const registry::Repository> repository(const std::string& host, const std::string& name) const;
  // The same to be read: from the mirrors of the host first. What is not read there is the host's own affair still.
  std::shared_ptr<const registry::Repository> reading(const std::string& host, const std::string& name) const;

 private:
  registry::ClientOptions client_options(const std::string& host, const std::string& name) const;
  std::optional<registry::Login> login(const registry::Keychain& docker, const std::string& host, bool renew) const;
  // `key`: whom a login is shared with.
  registry::Login ecr_login(const std::string& host, const std::string& key, bool renew,
                            const std::function<EcrLogins::Login()>& fetch) const;
  std::optional<registry::Login> public_login(const registry::Keychain& docker, const std::string& host,
                                              bool renew) const;
  bool has_credentials() const;
  using PartsUpload = decltype(registry::ClientOptions::upload_in_parts);
  // ECR's own way up; none for other registries.
  PartsUpload parts_for(const std::string& host) const;

  Context context_;
  Registries registries_;
  http::Transport transport_;
  std::shared_ptr<EcrLogins> logins_;
  std::shared_ptr<std::atomic<bool>> no_public_login_ = std::make_shared<std::atomic<bool>>(false);  // told once
};

}  // namespace lapstrake::app
