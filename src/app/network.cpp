#include "network.hpp"

#include <lapstrake/aws/ecr.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/curl.hpp>
#include <lapstrake/http/retry.hpp>

#include "offline.hpp"

namespace lapstrake::app {
namespace {

http::Transport transport_for(const Context& context, const Registries& registries) {
  if (context.offline) return no_transport();
  auto curl = http::curl_transport({
      .ca_file = ca_bundle(context.world.environment),
      .tls_for = [registries, environment = context.world.environment](
                     const http::Url& url) { return tls_for(url, registries, environment); },
      .user_agent = "lapstrake/" LAPSTRAKE_VERSION,
      .world = context.world,
      .log = context.log,
  });
  return context.log ? http::with_trace(std::move(curl), context.world, context.log) : curl;
}

http::RetryNotice notice_for(const Context& context) {
  return [progress = context.progress](const std::string& text) {
    progress({.kind = Event::Kind::warning, .image = {}, .subject = {}, .text = text});
  };
}

}  // namespace

Network::Network(const Context& context, Registries registries)
    : context_(context),
      registries_(with_host_registries(std::move(registries), context.world.environment)),
      transport_(transport_for(context, registries_)),
      logins_(std::make_shared<Logins>()) {}

std::optional<std::string> Network::user_region() const {
  try {
    return aws::find_settings(context_.world.environment, context_.profile, context_.region).region;
  } catch (const Error&) {
    return context_.region;  // without credentials; the call that needs them says so
  }
}

aws::Session Network::session(const std::string& region) const {
  const auto settings = aws::find_settings(context_.world.environment, context_.profile, context_.region);
  if (context_.log) context_.log(cat("AWS credentials from ", settings.credentials.source));
  const auto chosen = !region.empty() ? region : settings.region.value_or("");
  if (chosen.empty()) throw Error(Fault::usage, "no AWS region is set", "give `--region REGION`, or set AWS_REGION");
  return {.transport = transport_,
          .credentials = settings.credentials,
          .region = chosen,
          .world = context_.world,
          .notice = notice_for(context_)};
}

registry::Login Network::ecr_login(const std::string& host, const std::string& region) const {
  return step(cat("logging in to `", host, "`"), [&] {
    const auto aws_session = session(region);
    const auto token = aws::ecr_login(aws_session);
    return registry::Login{.username = token.username,
                           .password = token.password,
                           .preemptive = true,
                           .source = cat("an ECR token, by ", aws_session.credentials.source)};
  });
}

std::optional<registry::Login> Network::login(const registry::Keychain& docker, const std::string& host,
                                              bool renew) const {
  if (context_.offline) return std::nullopt;  // no helper is run either
  const auto ecr = aws::parse_ecr_host(host);
  if (!ecr) return docker(host, renew);
  const std::lock_guard lock(logins_->mutex);
  const auto known = logins_->by_host.find(host);
  if (known != logins_->by_host.end() && !renew) return known->second;
  try {
    return logins_->by_host[host] = ecr_login(host, ecr->region);
  } catch (const Error& error) {
    // Hosts that a credential helper or a login by hand serves have no AWS keys at all.
    if (aws::is_no_credentials(error))
      if (auto stored = docker(host, renew)) return stored;
    throw;
  }
}

std::shared_ptr<const registry::Repository> Network::repository(const std::string& host,
                                                                const std::string& name) const {
  return std::make_shared<registry::Repository>(
      registry::ClientOptions{
          .transport = transport_,
          .keychain = [self = *this, docker = registry::docker_keychain(context_.world, name)](
                          const std::string& of, bool renew) { return self.login(docker, of, renew); },
          .world = context_.world,
          .policy = {},
          .notice = notice_for(context_),
          .pace = pace_,
          .insecure = [registries = registries_](const std::string& of) { return is_insecure(of, registries); },
          .trusted_realm = [registries = registries_](
                               const std::string& of,
                               const http::Url& realm) { return is_token_server(of, realm, registries); },
          .log = context_.log,
      },
      host, name);
}

}  // namespace lapstrake::app
