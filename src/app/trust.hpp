// Which authorities and client certificates a host is met with.
#pragma once
#include <lapstrake/base/world.hpp>
#include <lapstrake/http/curl.hpp>
#include <lapstrake/spec/project.hpp>
#include <map>
#include <string>

namespace lapstrake::app {

using Registries = std::map<std::string, spec::RegistrySettings>;

// AWS_CA_BUNDLE, else SSL_CERT_FILE: in place of the system's, for every host without settings of its own.
std::optional<std::filesystem::path> ca_bundle(const Environment& environment);

// `registries:` first, then docker's and podman's certs.d folders (*.crt; *.cert with its *.key).
http::TlsFor tls_for(const http::Url& url, const Registries& registries, const Environment& environment);

bool is_insecure(const std::string& host, const Registries& registries);

}  // namespace lapstrake::app
