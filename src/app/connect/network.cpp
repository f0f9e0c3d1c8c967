#include <lapstrake/app/connect/network.hpp>

#include <lapstrake/aws/credentials/find.hpp>
#include <lapstrake/aws/credentials/instance.hpp>
#include <lapstrake/aws/credentials/settings.hpp>
#include <lapstrake/aws/ecr/host.hpp>
#include <lapstrake/aws/ecr/layer_upload.hpp>
#include <lapstrake/aws/ecr/login.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/curl.hpp>
#include <lapstrake/http/retry.hpp>
#include <lapstrake/http/secrets.hpp>
#include <lapstrake/registry/mirrors.hpp>
#include "host_registries.hpp"

namespace lapstrake::app {
namespace {

// For `--offline`.
http::Transport no_transport() {
  return [](const http::Request& request) -> http::Response {
    throw Error(ErrorKind::usage, cat("cannot connect to `", request.url.host, "`: `--offline` is set"),
                "remove `--offline` on a host with a network");
  };
}

// The `ca_bundle` of the AWS profile stands in for AWS_CA_BUNDLE.
Environment with_ca_bundle_of_profile(const Context& context) {
  const auto& environment = context.runtime.environment;
  std::string bundle;
  try {
    bundle = aws::find_settings(environment, context.connection.profile, std::nullopt).ca_bundle;
  } catch (const Error&) {  // a file that cannot be read; the call that needs it says so
  }
  if (bundle.empty()) return environment;
  return [environment, bundle](std::string_view name) {
    auto value = environment(name);
    return value || name != "AWS_CA_BUNDLE" ? value : std::optional(bundle);
  };
}

http::Transport transport_for(const Context& context, const Registries& registries) {
  if (context.connection.offline) return no_transport();
  auto curl = http::with_learnt_secrets(
      http::curl_transport({
          .tls_for = [registries, environment = with_ca_bundle_of_profile(context)](
                         const http::Url& url) { return tls_for(url, registries, environment); },
          .user_agent = "lapstrake/" LAPSTRAKE_VERSION,
          .runtime = context.runtime,
          .log = context.report.log,
      }),
      context.runtime.secrets);
  return context.report.log ? http::with_trace(std::move(curl), context.runtime, context.report.log) : curl;
}

http::RetryNotice notice_for(const Progress& progress) {
  return [progress](const std::string& text) {
    progress({.kind = Event::Kind::warning, .image = {}, .subject = {}, .text = text});
  };
}

std::shared_ptr<EcrLogins> logins_of(const Context& context) {
  const std::lock_guard lock(context.run->mutex);
  auto& logins = context.run->logins;
  if (!logins) logins = std::make_shared<EcrLogins>(context.runtime.clock);
  return logins;
}

// Those of the run: found at the first call that needs them.
std::shared_ptr<aws::LiveCredentials> credentials_of(const Context& context, const aws::Lookup& lookup) {
  const std::lock_guard lock(context.run->mutex);
  auto& credentials = context.run->credentials;
  if (!credentials)
    credentials = std::make_shared<aws::LiveCredentials>(lookup.runtime.clock, [lookup, log = context.report.log] {
      auto found = aws::find_credentials(lookup);
      if (log) log(cat("AWS credentials from ", found.source));
      return found;
    });
  return credentials;
}

}  // namespace

Network::Network(const Context& context, Registries registries)
    : runtime_(context.runtime),
      settings_(context.connection),
      report_(context.report),
      run_(context.run),
      registries_(with_host_registries(std::move(registries), context.runtime.environment)),
      transport_(transport_for(context, registries_)),
      logins_(logins_of(context)),
      credentials_(credentials_of(context, lookup())) {}

http::RetryNotice Network::notice() const { return notice_for(report_.progress); }

std::optional<std::string> Network::user_region() const {
  try {
    return aws::find_settings(runtime_.environment, settings_.profile, settings_.region).region;
  } catch (const Error&) {
    return settings_.region;  // a file that cannot be read; the call that needs it says so
  }
}

aws::Lookup Network::lookup() const {
  return {.runtime = runtime_,
          .transport = transport_,
          .profile = settings_.profile,
          .region = settings_.region,
          .notice = notice_for(report_.progress)};
}

aws::Session Network::session(const std::string& region) const {
  auto credentials = credentials_->current();
  const auto settings = aws::find_settings(runtime_.environment, settings_.profile, settings_.region);
  auto chosen = !region.empty() ? region : settings.region.value_or("");
  if (chosen.empty() && credentials.kind == aws::CredentialSource::instance)
    chosen = aws::instance_region(lookup()).value_or("");
  if (chosen.empty()) throw Error(ErrorKind::usage, "no AWS region is set", "use `--region REGION`, or set AWS_REGION");
  return {.transport = transport_,
          .credentials = std::move(credentials),
          .region = chosen,
          .runtime = runtime_,
          .notice = notice_for(report_.progress),
          .endpoints = settings.endpoints,
          .live = credentials_,
          .quota = run_->aws_retries};
}

aws::Session Network::session(const aws::EcrHost& host) const {
  auto out = session(host.region);
  out.form = {.fips = host.fips, .dualstack = host.dualstack};
  return out;
}

bool Network::has_credentials() const {
  try {
    credentials_->current();
    return true;
  } catch (const Error&) {
    return false;  // who needs them says why
  }
}

registry::Login Network::ecr_login(const std::string& host, const std::string& key, bool renew,
                                   const std::function<EcrLogins::Login()>& fetch) const {
  return step(cat("logging in to `", host, "`"), [&] {
    const auto login = logins_->login(key, renew, fetch);
    return registry::Login{.username = login.token.username,
                           .password = login.token.password,
                           .source = cat("an ECR token, with AWS credentials from ", login.source)};
  });
}

// Everybody may pull, so that a login that cannot be had is no failure; a push without one is refused by ECR.
std::optional<registry::Login> Network::public_login(const registry::Keychain& docker, const std::string& host,
                                                     bool renew) const {
  if (*no_public_login_ && !renew) return docker(host, renew);
  try {
    return ecr_login(host, "public", renew, [&] {
      const auto aws_session = session("us-east-1");
      return EcrLogins::Login{aws::ecr_public_login(aws_session), aws_session.credentials.source};
    });
  } catch (const Error& error) {
    auto stored = docker(host, renew);
    if (!no_public_login_->exchange(true) && !stored && error.code() != ErrorCode::no_credentials)
      notice_for(report_.progress)(cat("continuing without a login to `", host, "`; a push needs one: ", error.line()));
    return stored;
  }
}

std::optional<registry::Login> Network::login(const registry::Keychain& docker, const std::string& host,
                                              bool renew) const {
  if (settings_.offline) return std::nullopt;  // no helper is run either
  if (aws::is_public_ecr(host)) return public_login(docker, host, renew);
  const auto ecr = aws::parse_ecr_host(host);
  if (!ecr) return docker(host, renew);
  try {
    auto login = ecr_login(host, ecr->region, renew, [&] {
      const auto aws_session = session(*ecr);
      return EcrLogins::Login{aws::ecr_login(aws_session), aws_session.credentials.source};
    });
    login.preemptive = true;
    return login;
  } catch (const Error& error) {
    // Where a credential helper or a login by hand serves the host, there are no AWS keys, or a profile that we cannot
    // use (SSO, a role).
    if (error.code() == ErrorCode::no_credentials || error.code() == ErrorCode::unusable_profile)
      if (auto stored = docker(host, renew)) return stored;
    throw;
  }
}

Network::PartsUpload Network::parts_for(const std::string& host) const {
  const auto ecr = aws::parse_ecr_host(host);
  if (!ecr || settings_.offline || !has_credentials()) return nullptr;
  return [self = *this, ecr = *ecr](const std::string& repository, const oci::Descriptor& blob,
                                    const std::filesystem::path& file,
                                    const std::function<void(std::uint64_t)>& progress) {
    aws::upload_layer(self.session(ecr), ecr.account, repository,
                      {.digest = blob.digest.text(), .size = blob.size, .path = file}, progress);
  };
}

registry::ClientOptions Network::client_options(const std::string& host, const std::string& name) const {
  return {
      .transport = transport_,
      .keychain = [self = *this, docker = registry::docker_keychain(runtime_, name)](
                      const std::string& of, bool renew) { return self.login(docker, of, renew); },
      .runtime = runtime_,
      .policy = {},
      .notice = notice_for(report_.progress),
      .rate_limiter = run_->rate_limiter,
      .insecure = [registries = registries_](const std::string& of) { return is_insecure(of, registries); },
      .trusted_realm =
          [registries = registries_](const std::string& of, const http::Url& realm) {
            const bool is_twin = realm.scheme == "https" && aws::is_public_ecr(of) && aws::is_public_ecr(realm.host);
            return is_twin || is_token_server(of, realm, registries);
          },
      .log = report_.log,
      .upload_in_parts = parts_for(host),
      .parts_from = settings_.parts_from,
  };
}

std::shared_ptr<const registry::Repository> Network::repository(const std::string& host,
                                                                const std::string& name) const {
  return std::make_shared<registry::Repository>(client_options(host, name), host, name);
}

std::shared_ptr<const registry::Repository> Network::reading(const std::string& host, const std::string& name) const {
  const auto places = mirrors_of(host, registries_);
  if (places.places.empty() && !places.only) return repository(host, name);
  registry::Mirrors mirrors{.repositories = {}, .only = places.only};
  for (const auto& [mirror_host, folder] : places.places) {
    const auto there = folder.empty() ? name : cat(folder, "/", name);
    auto its = client_options(mirror_host, there);
    its.policy.most_attempts = 2;  // there is another place to ask
    mirrors.repositories.push_back(std::make_shared<registry::Repository>(std::move(its), mirror_host, there));
  }
  return std::make_shared<registry::MirroredRepository>(client_options(host, name), host, name, std::move(mirrors));
}

}  // namespace lapstrake::app
