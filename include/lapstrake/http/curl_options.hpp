// The options of the transport.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/http/url.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::http {

struct TlsFor {  // settings of one host; absent: the system's
  std::optional<std::filesystem::path> ca_file = std::nullopt;
  std::optional<std::string> ca_folders = std::nullopt;  // beside the file: hashed folders, `:` between them
  std::optional<std::filesystem::path> client_certificate = std::nullopt, client_key = std::nullopt;
};

struct CurlOptions {
  // A PEM file that replaces the system's CAs, for every host (AWS_CA_BUNDLE, SSL_CERT_FILE).
  std::optional<std::filesystem::path> ca_file = std::nullopt;
  // Settings of one host; its ca_file replaces all other CAs.
  std::function<TlsFor(const Url&)> tls_for = nullptr;
  std::string user_agent = {};
  std::chrono::seconds connect_timeout{10};
  // A transfer that stays slower than this for that long fails (transient).
  // After a body was sent its reply may take longer, one second more per MiB, up to ten minutes: registries assemble
  // large layers before they answer (moby/buildkit#3995).
  std::uint64_t low_speed_bytes = 1024;
  std::chrono::seconds low_speed_time{60};
  // HTTPS_PROXY, HTTP_PROXY and NO_PROXY (lower case too) are read from the environment, never used for loopback
  // hosts; a stop request ends transfers within a second.
  Runtime runtime = {};
  std::vector<std::string> addresses = {};                // "HOST:PORT:ADDRESS": not looked up in DNS
  std::function<void(const std::string&)> log = nullptr;  // -v: receives one line that names the proxy
};

}  // namespace lapstrake::http
