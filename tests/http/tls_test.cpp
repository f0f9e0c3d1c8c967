#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/curl.hpp>
#include <thread>

#include "quiet_runtime.hpp"
#include "support/catch.hpp"
#include "support/process.hpp"
#include "support/tls_files.hpp"

using namespace lapstrake;
using namespace lapstrake::http;

namespace {

// `openssl s_server -www` on a free port.
class TlsServer {
 public:
  TlsServer(const TlsFiles& files, const std::vector<std::string>& options = {})
      : process_(command(files, options), dir_ / "log") {
    for (int i = 0; i < 200 && dir_.read("log").find("ACCEPT") == std::string::npos; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const auto log = dir_.read("log");
    const auto colon = log.find(':', log.find("ACCEPT"));
    if (colon == log.npos) throw std::runtime_error("openssl s_server does not listen: " + log);
    port_ = std::stoi(log.substr(colon + 1));
  }
  Url url() const { return parse_url(cat("https://127.0.0.1:", port_, "/")); }

 private:
  static std::vector<std::string> command(const TlsFiles& files, const std::vector<std::string>& options) {
    std::vector<std::string> words{
        "openssl", "s_server",          "-accept", "127.0.0.1:0", "-www", "-cert", files.certificate().string(),
        "-key",    files.key().string()};
    words.insert(words.end(), options.begin(), options.end());
    return words;
  }
  TempDir dir_;
  Process process_;
  int port_ = 0;
};

CurlOptions trusting(const TlsFiles& files) { return {.ca_file = files.authority(), .runtime = quiet_runtime()}; }

Error failure_of(const CurlOptions& options, const Url& url) {
  try {
    curl_transport(options)({.url = url});
  } catch (const Error& error) {
    return error;
  }
  throw std::runtime_error("nothing was thrown");
}

}  // namespace

TEST_CASE("a host of a known authority is spoken to, by the setting for all hosts or for this one") {
  TlsFiles files;
  TlsServer server(files);
  CHECK(curl_transport(trusting(files))({.url = server.url()}).status == 200);
  TlsFiles others;
  CurlOptions options = trusting(others);
  options.tls_for = [&](const Url& url) {
    return url == server.url() ? TlsFor{files.authority(), std::nullopt, std::nullopt} : TlsFor{};
  };
  CHECK(curl_transport(options)({.url = server.url()}).status == 200);
}

TEST_CASE("a host of an unknown authority is refused with the cure (S32)") {
  TlsFiles files;
  TlsServer server(files);
  const auto error = failure_of({.runtime = quiet_runtime()}, server.url());
  CHECK_THAT(error.summary(), Contains("its certificate is not trusted"));
  CHECK_THAT(error.help(), Contains(cat("`registries: { \"127.0.0.1:", server.url().port, "\": { ca: FILE } }`")));
  CHECK_FALSE(error.is_transient());
  TlsFiles others;
  CHECK_THAT(failure_of(trusting(others), server.url()).reason(), Contains("checked against"));
}

TEST_CASE("an expired certificate, and one of another host, are refused for good (S32)") {
  const auto [names, days, says] = GENERATE(table<std::string, std::string, std::string>({
      {"IP:127.0.0.1", "-1", "certificate has expired"},
      {"DNS:other.example", "2", "no alternative certificate subject name matches"},
  }));
  TlsFiles files(names, days);
  TlsServer server(files);
  const auto error = failure_of(trusting(files), server.url());
  CHECK_THAT(error.reason(), Contains(says));
  CHECK_FALSE(error.is_transient());
}

TEST_CASE("TLS 1.1 is not spoken (S32)") {
  TlsFiles files;
  TlsServer server(files, {"-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"});
  const auto error = failure_of(trusting(files), server.url());
  CHECK_THAT(error.summary(), Contains("TLS handshake failed"));
  CHECK_FALSE(error.is_transient());
}

TEST_CASE("a handshake that breaks off may be tried again (S32)") {
  TlsFiles files;
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  void* name = &address;
  REQUIRE(::bind(listener, static_cast<sockaddr*>(name), size) == 0);
  REQUIRE(::listen(listener, 1) == 0);
  REQUIRE(::getsockname(listener, static_cast<sockaddr*>(name), &size) == 0);
  std::thread hangup([listener] { ::close(::accept(listener, nullptr, nullptr)); });
  const auto error = failure_of(trusting(files), parse_url(cat("https://127.0.0.1:", ntohs(address.sin_port), "/")));
  hangup.join();
  ::close(listener);
  CHECK(error.is_transient());
}

TEST_CASE("an authority's file that is not there is an input to mend") {
  TlsFiles files;
  TlsServer server(files);
  const auto error = failure_of({.ca_file = "/nonexistent/ca.pem", .runtime = quiet_runtime()}, server.url());
  CHECK(error.kind() == ErrorKind::input);
  CHECK_THAT(error.summary(), Contains("/nonexistent/ca.pem"));
}
