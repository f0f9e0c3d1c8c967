#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/net/hosts.hpp>
#include <lapstrake/sandbox/net/server.hpp>
#include <lapstrake/sandbox/sandbox.hpp>
#include <nlohmann/json.hpp>

#include "aws_handler.hpp"

namespace lapstrake::sandbox {
namespace {

Options prepared(Options options) {
  if (options.folder.empty()) throw Error(ErrorKind::usage, "the sandbox needs a folder");
  make_folder(options.folder, 0700);
  options.folder = std::filesystem::absolute(options.folder);
  return options;
}

AccessKey key_of(const Options& options) {
  if (options.access_key_id.empty() != options.secret_access_key.empty())
    throw Error(ErrorKind::usage, "the sandbox needs an access key's id and its secret, or neither");
  return options.access_key_id.empty() ? new_access_key() : AccessKey{options.access_key_id, options.secret_access_key};
}

}  // namespace

struct Sandbox::State {
  explicit State(Options given)
      : options(prepared(std::move(given))),
        key(key_of(options)),
        handler(options, key),
        server({.port = options.port,
                .proxy_port = options.proxy_port,
                .folder = options.folder,
                .handler = [this](const RequestHead& head, const BodyReader& body,
                                  const std::stop_token& stop) { return handler.handle(head, body, stop); },
                .may_connect = [](const std::string& host) { return parse_aws_host(host).has_value(); },
                .log = [this](const std::string& line) { handler.log(line); },
                .most_connections = options.most_connections,
                .idle_timeout = options.idle_timeout}) {
    write_client_files();
  }

  // Files for clients: a docker login, and empty AWS files that replace the user's own.
  void write_client_files() {
    const auto login = handler.logins().issue(options.region, std::chrono::system_clock::now());
    nlohmann::json logins = nlohmann::json::object();
    for (const auto& host : registry_hosts(options.account, options.region))
      logins[host] = {{"auth", base64(as_bytes("AWS:" + login.password))}};
    make_folder(options.folder / "docker", 0700);
    write_file(options.folder / "docker" / "config.json", nlohmann::json{{"auths", logins}}.dump(2) + "\n", 0600);
    write_file(options.folder / "aws-config", "", 0600);
    write_file(options.folder / "aws-credentials", "", 0600);
  }

  Options options;
  AccessKey key;
  AwsHandler handler;
  Server server;  // last: its threads use the others
};

Sandbox::Sandbox(Options options) : state_(std::make_unique<State>(std::move(options))) {}
Sandbox::~Sandbox() = default;

std::uint16_t Sandbox::port() const { return state_->server.port(); }
std::uint16_t Sandbox::proxy_port() const { return state_->server.proxy_port(); }
std::string Sandbox::registry_host() const {
  return sandbox::registry_host(state_->options.account, state_->options.region);
}
std::filesystem::path Sandbox::ca_file() const { return state_->server.ca_file(); }
void Sandbox::set_faults(const std::string& script) { state_->handler.set_faults(script); }
void Sandbox::set_rollout(const std::string& service, const std::string& script) try {
  state_->handler.set_rollout(service, script);
} catch (const ApiFailure& failure) {
  throw Error(ErrorKind::usage, failure.message);
}
std::vector<Record> Sandbox::records() const { return state_->handler.records(); }

std::map<std::string, std::string> Sandbox::environment() const {
  const auto& folder = state_->options.folder;
  const std::string ca = ca_file().string(), proxy = cat("http://127.0.0.1:", proxy_port());
  const std::string loopback = "localhost,127.0.0.1,::1";
  return {{"AWS_ACCESS_KEY_ID", state_->key.id},
          {"AWS_SECRET_ACCESS_KEY", state_->key.secret},
          {"AWS_REGION", state_->options.region},
          {"AWS_DEFAULT_REGION", state_->options.region},
          {"AWS_CONFIG_FILE", (folder / "aws-config").string()},
          {"AWS_SHARED_CREDENTIALS_FILE", (folder / "aws-credentials").string()},
          {"AWS_EC2_METADATA_DISABLED", "true"},
          {"AWS_CA_BUNDLE", ca},
          {"SSL_CERT_FILE", ca},
          {"CURL_CA_BUNDLE", ca},
          {"REQUESTS_CA_BUNDLE", ca},
          {"HTTPS_PROXY", proxy},
          {"https_proxy", proxy},
          {"NO_PROXY", loopback},
          {"no_proxy", loopback},
          {"DOCKER_CONFIG", (folder / "docker").string()},
          {"REGISTRY_AUTH_FILE", (folder / "docker" / "config.json").string()},
          {"LAPSTRAKE_SANDBOX_REGISTRY", registry_host()},
          {"LAPSTRAKE_SANDBOX_ACCOUNT", state_->options.account},
          {"LAPSTRAKE_SANDBOX_ENDPOINT", cat("https://127.0.0.1:", port())}};
}

std::vector<std::string> Sandbox::unset_variables() const {
  return {"AWS_PROFILE",
          "AWS_DEFAULT_PROFILE",
          "AWS_SESSION_TOKEN",
          "AWS_SECURITY_TOKEN",
          "AWS_ENDPOINT_URL",
          "AWS_ENDPOINT_URL_ECR",
          "AWS_ENDPOINT_URL_ECS",
          "AWS_ENDPOINT_URL_STS",
          "AWS_ROLE_ARN",
          "AWS_WEB_IDENTITY_TOKEN_FILE",
          "AWS_CONTAINER_CREDENTIALS_FULL_URI",
          "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
          "AWS_USE_FIPS_ENDPOINT",
          "AWS_USE_DUALSTACK_ENDPOINT",
          "ALL_PROXY",
          "all_proxy",
          "SSL_CERT_DIR"};
}

}  // namespace lapstrake::sandbox
