// Settings of registries: CAs and client certificates, mirrors, token servers, plain HTTP.
#pragma once
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/http/curl.hpp>
#include <lapstrake/spec/project.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace lapstrake::app {

using Registries = std::map<std::string, spec::RegistrySettings>;

// Uses the certificates of `registries:`, else those of the certs.d folders of docker and podman (*.crt; *.cert with
// its
// *.key). Without a CA from there, uses SSL_CERT_FILE, else AWS_CA_BUNDLE (for AWS hosts in reverse order), and
// SSL_CERT_DIR in addition.
http::TlsFor tls_for(const http::Url& url, const Registries& registries, const Environment& environment);

// Looked up by host:port, then by host.
bool is_insecure(const std::string& host, const Registries& registries);
// Whether the user named `realm` as the `token_server:` of `host`.
bool is_token_server(const std::string& host, const http::Url& realm, const Registries& registries);

struct MirrorsOf {
  std::vector<std::pair<std::string, std::string>> places;  // host, and the prefix of the names there
  bool only = false;
};
MirrorsOf mirrors_of(const std::string& host, const Registries& registries);

}  // namespace lapstrake::app
