// Which authorities and client certificates a host is met with.
#pragma once
#include <lapstrake/base/world.hpp>
#include <lapstrake/http/curl.hpp>
#include <lapstrake/spec/project.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace lapstrake::app {

using Registries = std::map<std::string, spec::RegistrySettings>;

// `registries:` first, where it says something of certificates, then docker's and podman's certs.d folders (*.crt;
// *.cert with its *.key). The authorities of what has none there are in SSL_CERT_FILE, else AWS_CA_BUNDLE, for AWS's
// hosts the other way round, and beside them in SSL_CERT_DIR.
http::TlsFor tls_for(const http::Url& url, const Registries& registries, const Environment& environment);

// The project's registries over those of LAPSTRAKE_REGISTRIES ($XDG_CONFIG_HOME/lapstrake/registries.yaml), key by key:
// a file in the form of a spec that has only `registries:`. Error{usage} when it has mistakes.
Registries with_host_registries(Registries registries, const Environment& environment);

// Known under host:port or the host alone.
bool is_insecure(const std::string& host, const Registries& registries);
// Whether the user named `realm` as the `token_server:` of `host`.
bool is_token_server(const std::string& host, const http::Url& realm, const Registries& registries);

struct MirrorsOf {
  std::vector<std::pair<std::string, std::string>> places;  // host, and what stands before the names there
  bool only = false;
};
MirrorsOf mirrors_of(const std::string& host, const Registries& registries);

}  // namespace lapstrake::app
