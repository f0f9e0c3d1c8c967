// The one place where transports, logins and sessions are put together.
#pragma once
#include <lapstrake/app/context.hpp>
#include <lapstrake/aws/call.hpp>
#include <lapstrake/http/message.hpp>
#include <lapstrake/registry/client.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "trust.hpp"

namespace lapstrake::app {

// A value: copies share their logins. The context must outlive it.
class Network {
 public:
  Network(const Context& context, Registries registries);

  // A session in `region`, or in the user's when it is empty. Error{access} without credentials, Error{usage} without a
  // region.
  aws::Session session(const std::string& region) const;
  // The region that the user chose by option, environment or profile.
  std::optional<std::string> user_region() const;
  std::shared_ptr<const registry::Repository> repository(const std::string& host, const std::string& name) const;

 private:
  std::optional<registry::Login> login(const registry::Keychain& docker, const std::string& host, bool renew) const;
  registry::Login ecr_login(const std::string& host, const std::string& region) const;

  const Context& context_;
  Registries registries_;
  http::Transport transport_;
  struct Logins {
    std::mutex mutex;
    std::map<std::string, registry::Login> by_host;
  };
  std::shared_ptr<Logins> logins_;
  std::shared_ptr<registry::Pace> pace_ = std::make_shared<registry::Pace>();  // copies share it
};

}  // namespace lapstrake::app
