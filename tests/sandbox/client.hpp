// A sandbox in a folder of its own, and a client that goes to it through the proxy, as every client does.
#pragma once
#include <chrono>
#include <lapstrake/aws/sign.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/curl.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/sandbox/sandbox.hpp>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

namespace sandbox_test {

using namespace lapstrake;
using Json = nlohmann::json;
using Headers = std::map<std::string, std::string>;

inline Runtime runtime_of(std::map<std::string, std::string> environment) {
  Runtime runtime = process_runtime();
  runtime.environment = [environment = std::move(environment)](std::string_view name) -> std::optional<std::string> {
    const auto found = environment.find(std::string(name));
    return found == environment.end() ? std::nullopt : std::optional(found->second);
  };
  return runtime;
}

// How a call is signed; a test changes one thing.
struct Signing {
  std::string region = "us-east-1", secret = {}, key = {}, token = {};
  std::chrono::seconds off{0};
  std::string body_sent = {};  // another body than the one that was signed
};

class Client {
 public:
  explicit Client(sandbox::Options options = {}) : box(placed(std::move(options))), environment(box.environment()) {
    transport =
        http::curl_transport({.ca_file = box.ca_file(), .user_agent = "test", .runtime = runtime_of(environment)});
    const Json logins = Json::parse(folder.read("box/docker/config.json"));
    login = "Basic " + logins["auths"][box.registry_host()]["auth"].get<std::string>();
  }

  http::Response send(const std::string& method, const std::string& url, const Headers& headers = {},
                      http::Body body = std::string()) const {
    http::Request request;
    request.method = method;
    request.url = http::parse_url(url);
    for (const auto& [name, value] : headers) request.headers.set(name, value);
    request.body = std::move(body);
    return transport(request);
  }

  // To the registry, logged in.
  http::Response v2(const std::string& method, const std::string& path, Headers headers = {},
                    http::Body body = std::string()) const {
    headers.try_emplace("Authorization", login);
    return send(method, path.starts_with("https:") ? path : cat("https://", box.registry_host(), "/v2/", path), headers,
                std::move(body));
  }

  std::string put_blob(const std::string& repository, const std::string& bytes) const {
    const auto session = v2("POST", repository + "/blobs/uploads/");
    const std::string digest = oci::Digest::of(bytes).text();
    REQUIRE(session.status == 202);
    REQUIRE(v2("PUT", cat(*session.headers.find("Location"), "?digest=", digest), {}, bytes).status == 201);
    return digest;
  }

  // An image of one config and one layer, put by tag; its manifest.
  std::string put_image(const std::string& repository, const std::string& tag) const {
    const std::string text = manifest_of(put_blob(repository, "{}"), put_blob(repository, "layer"));
    REQUIRE(put_manifest(repository, tag, text).status == 201);
    return text;
  }

  http::Response put_manifest(const std::string& repository, const std::string& reference, const std::string& text,
                              std::string_view type = oci::media_type::manifest) const {
    return v2("PUT", cat(repository, "/manifests/", reference), {{"Content-Type", std::string(type)}}, text);
  }

  static std::string manifest_of(const std::string& config, const std::string& layer) {
    return Json{{"schemaVersion", 2},
                {"mediaType", oci::media_type::manifest},
                {"config", {{"mediaType", oci::media_type::config}, {"digest", config}, {"size", 2}}},
                {"layers", Json::array({{{"mediaType", oci::media_type::layer}, {"digest", layer}, {"size", 5}}})}}
        .dump();
  }

  http::Response call(const std::string& service, const std::string& operation, const Json& input,
                      const Signing& signing = {}, std::string host = {}) const {
    if (host.empty())
      host = cat(service.starts_with("ecr") ? "api." : "", service, ".", signing.region, ".amazonaws.com");
    http::Request request;
    request.method = "POST";
    request.url = http::parse_url(cat("https://", host, "/"));
    request.headers.set("Content-Type", "application/x-amz-json-1.1");
    request.headers.set("X-Amz-Target", cat(service == "ecr"          ? "AmazonEC2ContainerRegistry_V20150921."
                                            : service == "ecr-public" ? "SpencerFrontendService."
                                                                      : "AmazonEC2ContainerServiceV20141113.",
                                            operation));
    request.body = input.dump();
    return send_signed(std::move(request), service, signing);
  }

  http::Response send_signed(http::Request request, const std::string& service, const Signing& signing) const {
    const aws::Credentials credentials{
        .access_key_id = signing.key.empty() ? environment.at("AWS_ACCESS_KEY_ID") : signing.key,
        .secret_access_key = signing.secret.empty() ? environment.at("AWS_SECRET_ACCESS_KEY") : signing.secret,
        .session_token = signing.token,
        .source = {}};
    const auto signature = aws::sign(request, credentials, {.region = signing.region, .service = service},
                                     std::chrono::system_clock::now() + signing.off);
    for (const auto& [name, value] : signature.added) request.headers.set(name, value);
    if (!signing.body_sent.empty()) request.body = signing.body_sent;
    return transport(request);
  }

  std::size_t count(const std::string& method, const std::string& part) const {
    const auto all = box.records();
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const auto& record) {
      return record.method == method && record.target.find(part) != std::string::npos;
    }));
  }

  TempDir folder;
  sandbox::Sandbox box;
  std::map<std::string, std::string> environment;
  http::Transport transport;
  std::string login;

 private:
  sandbox::Options placed(sandbox::Options options) const {
    options.folder = folder / "box";
    return options;
  }
};

inline std::string error_code(const http::Response& response) {
  const Json document = Json::parse(response.body, nullptr, false);
  if (document.is_discarded()) return response.body;
  return document.contains("errors") ? document["errors"][0]["code"].get<std::string>()
                                     : document.value("__type", std::string());
}

inline std::string error_message(const http::Response& response) {
  const Json document = Json::parse(response.body, nullptr, false);
  if (document.is_discarded()) return response.body;
  return document.contains("errors") ? document["errors"][0]["message"].get<std::string>()
                                     : document.value("message", std::string());
}

}  // namespace sandbox_test
