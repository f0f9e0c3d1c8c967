#include "trust.hpp"

#include <algorithm>
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

}  // namespace

std::optional<std::filesystem::path> ca_bundle(const Environment& environment) {
  for (const auto* name : {"AWS_CA_BUNDLE", "SSL_CERT_FILE"})
    if (const auto file = environment(name)) return *file;
  return std::nullopt;
}

http::TlsFor tls_for(const http::Url& url, const Registries& registries, const Environment& environment) {
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
