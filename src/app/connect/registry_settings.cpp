#include <lapstrake/app/connect/registry_settings.hpp>

#include <algorithm>
#include <lapstrake/aws/ecr/host.hpp>
#include <lapstrake/base/text.hpp>
#include <vector>

namespace lapstrake::app {
namespace {

// "registry.example:5000", then "registry.example".
std::vector<std::string> names_of(const http::Url& url) {
  return {cat(url.host, ":", url.port), url.authority(), url.host};
}

const spec::RegistrySettings* settings_of(const http::Url& url, const Registries& registries) {
  for (const auto& name : names_of(url))
    if (const auto found = registries.find(name); found != registries.end()) return &found->second;
  return nullptr;
}

// docker's and podman's folders, the user's own first (containers-certs.d(5)).
std::vector<std::filesystem::path> certificate_folders(const Environment& environment) {
  std::vector<std::filesystem::path> folders;
  if (const auto home = environment("HOME"))
    folders.push_back(std::filesystem::path(*home) / ".config/containers/certs.d");
  folders.insert(folders.end(), {"/etc/containers/certs.d", "/etc/docker/certs.d"});
  return folders;
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

http::TlsFor from_folder(const std::filesystem::path& folder) {
  http::TlsFor tls;
  for (const auto& file : files_in(folder)) {
    if (file.extension() == ".crt" && !tls.ca_file) tls.ca_file = file;
    auto key = file;
    if (file.extension() == ".cert" && !tls.client_certificate &&
        std::filesystem::exists(key.replace_extension(".key")))
      tls.client_certificate = file, tls.client_key = key;
  }
  return tls;
}

http::TlsFor own_settings(const http::Url& url, const Registries& registries, const Environment& environment) {
  const auto* settings = settings_of(url, registries);
  if (settings != nullptr && (settings->ca || settings->client_certificate))
    return {.ca_file = settings->ca,
            .client_certificate = settings->client_certificate,
            .client_key = settings->client_key};
  for (const auto& folder : certificate_folders(environment))
    for (const auto& name : names_of(url))
      if (auto tls = from_folder(folder / name); tls.ca_file || tls.client_certificate) return tls;
  return {};
}

// AWS's own names, and what the environment puts in their place.
bool is_aws_host(const http::Url& url, const Environment& environment) {
  static constexpr std::string_view suffixes[] = {".amazonaws.com",
                                                  ".amazonaws.com.cn",
                                                  ".amazonaws.eu",
                                                  ".api.aws",
                                                  ".on.aws",
                                                  ".amazonwebservices.com.cn",
                                                  ".amazonwebservices.eu",
                                                  ".c2s.ic.gov",
                                                  ".sc2s.sgov.gov",
                                                  ".cloud.adc-e.uk",
                                                  ".cloud-aws.adc-e.uk",
                                                  ".hci.ic.gov",
                                                  ".aws.ic.gov",
                                                  ".aws.scloud"};
  if (aws::is_public_ecr(url.host)) return true;
  for (const auto suffix : suffixes)
    if (url.host.ends_with(suffix)) return true;
  for (const auto* name : {"", "_ECR", "_ECR_PUBLIC", "_ECS", "_STS"})
    if (const auto own = environment(cat("AWS_ENDPOINT_URL", name)); own && own->find(url.authority()) != own->npos)
      return true;
  return false;
}

}  // namespace

http::TlsFor tls_for(const http::Url& url, const Registries& registries, const Environment& environment) {
  auto tls = own_settings(url, registries, environment);
  if (tls.ca_file) return tls;
  const bool is_aws = is_aws_host(url, environment);
  for (const auto* name : {is_aws ? "AWS_CA_BUNDLE" : "SSL_CERT_FILE", is_aws ? "SSL_CERT_FILE" : "AWS_CA_BUNDLE"})
    if (const auto file = environment(name); file && !tls.ca_file) tls.ca_file = *file;
  tls.ca_folders = environment("SSL_CERT_DIR");
  return tls;
}

bool is_insecure(const std::string& host, const Registries& registries) {
  const auto* settings = settings_of(http::parse_url("https://" + host), registries);
  return settings != nullptr && settings->insecure;
}

MirrorsOf mirrors_of(const std::string& host, const Registries& registries) {
  const auto* settings = settings_of(http::parse_url("https://" + host), registries);
  if (settings == nullptr) return {};
  MirrorsOf mirrors{.places = {}, .only = settings->mirrors_only};
  for (const auto& mirror : settings->mirrors) {
    const auto slash = mirror.find('/');
    mirrors.places.emplace_back(mirror.substr(0, slash), slash == mirror.npos ? "" : mirror.substr(slash + 1));
  }
  return mirrors;
}

bool is_token_server(const std::string& host, const http::Url& realm, const Registries& registries) {
  const auto* settings = settings_of(http::parse_url("https://" + host), registries);
  return settings != nullptr && !settings->token_server.empty() &&
         http::parse_url(settings->token_server).origin() == realm.origin();
}

}  // namespace lapstrake::app
