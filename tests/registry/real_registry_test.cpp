// Debian's docker-registry, over TLS with a password and in the clear; what was pushed is read by skopeo.
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/curl.hpp>
#include <lapstrake/registry/push.hpp>
#include <thread>

#include "bench.hpp"
#include "support/catch.hpp"
#include "support/process.hpp"
#include "support/tls_files.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;

namespace {

bool tools_are_here() {
  for (const std::string tool : {"docker-registry", "htpasswd", "skopeo", "openssl"})
    if (!have(tool)) {
      WARN("NOT TESTED against a real registry: `"
           << tool << "` is not installed (apt-get install docker-registry apache2-utils skopeo openssl)");
      return false;
    }
  return true;
}

class RealRegistry {
 public:
  enum class Speaks { tls, plain };
  RealRegistry(Speaks speaks, const TlsFiles& tls) : process_(command(speaks, tls), dir_ / "log") {
    for (int i = 0; i < 500 && port().empty(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (port().empty()) throw std::runtime_error("docker-registry does not listen: " + dir_.read("log"));
  }
  std::string host() const { return "127.0.0.1:" + port(); }
  // How many requests of a kind it has answered.
  std::size_t count(const std::string& method, const std::string& part) const {
    std::size_t found = 0;
    for (const auto& line : split(dir_.read("log"), '\n'))
      if (line.find("\"" + method + " /v2/") != line.npos && line.find(part) != line.npos) ++found;
    return found;
  }

 private:
  std::vector<std::string> command(Speaks speaks, const TlsFiles& tls) const {
    std::string config =
        "version: 0.1\nlog: { level: info }\nstorage: { filesystem: { rootdirectory: " + (dir_ / "data").string() +
        " } }\nhttp:\n  addr: 127.0.0.1:0\n";
    if (speaks == Speaks::tls) {
      const auto made = run({"htpasswd", "-Bbn", "-C", "5", "bob", "sesame"});
      if (made.status != 0) throw std::runtime_error("htpasswd failed: " + made.output);
      config += "  tls: { certificate: " + tls.certificate().string() + ", key: " + tls.key().string() +
                " }\nauth: { htpasswd: { realm: test, path: " + dir_.write("htpasswd", made.output).string() + " } }\n";
    }
    return {"docker-registry", "serve", dir_.write("config.yml", config).string()};
  }
  std::string port() const {
    const auto log = dir_.read("log");
    const std::string words = "listening on 127.0.0.1:";
    const auto at = log.find(words);
    if (at == log.npos) return {};
    const auto rest = log.substr(at + words.size());
    const auto end = rest.find_first_not_of("0123456789");
    return end == rest.npos ? "" : rest.substr(0, end);
  }
  TempDir dir_;
  Process process_;
};

// An image that other tools take: a config, a layer (an empty tar), a manifest.
struct RealImage : Bench {
  std::vector<PushedManifest> manifests;
  RealImage() {
    const std::string tar(10240, '\0');
    auto layer = blob(tar);
    layer.media_type = oci::media_type::layer;
    auto config = blob(
        cat(R"({"architecture":"amd64","os":"linux","config":{"Env":["A=b"]},"rootfs":{"type":"layers","diff_ids":[")",
            layer.digest.text(), R"("]},"history":[{"created_by":"a test"}]})"));
    config.media_type = oci::media_type::config;
    auto big = blob(std::string(6'000'000, 'x'));
    oci::Manifest manifest{
        .media_type = std::string(oci::media_type::manifest), .artifact_type = {}, .config = config, .layers = {layer}};
    const auto text = oci::render(manifest);
    manifests.push_back({oci::descriptor_of(text, oci::media_type::manifest), text, {config, layer}});
  }
  Repository repository_at(const RealRegistry& real, const TlsFiles& tls, const std::string& password) const {
    Runtime runtime = process_runtime();
    runtime.environment = [](std::string_view) { return std::nullopt; };
    ClientOptions options{
        .transport = http::curl_transport({.ca_file = tls.authority(), .user_agent = "test", .runtime = runtime}),
        .runtime = runtime};
    if (!password.empty())
      options.keychain = [password](const std::string&, bool) {
        return Login{.username = "bob", .password = password, .source = "a test"};
      };
    return {options, real.host(), "team/web"};
  }
  PushReport push_to(const Repository& repository) const {
    return push(repository, manifests, [this](const oci::Digest& digest) { return file(digest); },
                {.jobs = 3, .tags = {"v1"}});
  }
};

}  // namespace

TEST_CASE("a real registry takes an image over TLS, and the second push sends nothing") {
  if (!tools_are_here()) return;
  TlsFiles tls;
  RealRegistry registry(RealRegistry::Speaks::tls, tls);
  RealImage image;
  const auto repository = image.repository_at(registry, tls, "sesame");
  CHECK(image.push_to(repository).blobs_sent == 2);
  CHECK(registry.count("POST", "/blobs/uploads/") == 2);

  const auto uploads = registry.count("POST", "");
  CHECK(image.push_to(image.repository_at(registry, tls, "sesame")).all_present);
  CHECK(registry.count("POST", "") == uploads);

  const auto got = repository.get_manifest("v1");
  CHECK(got.text == image.manifests.front().text);
  std::string layer;
  repository.get_blob(image.manifests.front().blobs.at(1), [&](Bytes bytes) { layer += as_text(bytes); });
  CHECK(layer == std::string(10240, '\0'));
  CHECK_FALSE(repository.find_manifest("v2"));

  image.dir.write("certs/ca.crt", read_file(tls.authority()));
  const auto seen = run({"skopeo", "inspect", "--cert-dir", (image.dir / "certs").string(), "--creds", "bob:sesame",
                         "docker://" + registry.host() + "/team/web:v1"});
  CHECK_THAT(seen.output, Contains("\"Digest\": \"" + image.manifests.front().descriptor.digest.text() + "\""));
  CHECK_THAT(seen.output, Contains("A=b"));
}

TEST_CASE("a real registry's refusal of a password is a matter of credentials") {
  if (!tools_are_here()) return;
  TlsFiles tls;
  RealRegistry registry(RealRegistry::Speaks::tls, tls);
  RealImage image;
  const auto wrong = failure_of([&] { image.push_to(image.repository_at(registry, tls, "guess")); });
  CHECK(wrong.kind() == ErrorKind::access);
  CHECK_THAT(wrong.reason(), Contains("UNAUTHORIZED"));
  CHECK_THAT(report(wrong), !Contains("guess"));
  const auto none = failure_of([&] { image.push_to(image.repository_at(registry, tls, "")); });
  CHECK(none.help() == "log in with `docker login " + registry.host() + "`");
  TlsFiles others;
  auto repository = image.repository_at(registry, others, "sesame");
  const auto untrusted = failure_of([&] { image.push_to(repository); });
  CHECK_THAT(untrusted.summary(), Contains("its certificate is not trusted"));
}

TEST_CASE("a real registry on loopback may speak plain HTTP") {
  if (!tools_are_here()) return;
  TlsFiles tls;
  RealRegistry registry(RealRegistry::Speaks::plain, tls);
  RealImage image;
  CHECK(image.push_to(image.repository_at(registry, tls, "")).blobs_sent == 2);
  const auto seen = run({"skopeo", "inspect", "--tls-verify=false", "docker://" + registry.host() + "/team/web:v1"});
  CHECK_THAT(seen.output, Contains(image.manifests.front().descriptor.digest.text()));
}

TEST_CASE("a real registry that lost a blob is healed") {
  if (!tools_are_here()) return;
  TlsFiles tls;
  RealRegistry registry(RealRegistry::Speaks::plain, tls);
  RealImage image;
  const auto repository = image.repository_at(registry, tls, "");
  // A push that believes, by a lie on the way, that all blobs are there.
  auto options = ClientOptions{};
  unsigned lies = 2;
  Runtime runtime = process_runtime();
  runtime.environment = [](std::string_view) { return std::nullopt; };
  const auto honest = http::curl_transport({.user_agent = "test", .runtime = runtime});
  std::mutex mutex;
  options.runtime = runtime;
  options.transport = [&](const http::Request& request) {
    auto response = honest(request);
    const std::lock_guard lock(mutex);
    if (request.method == "HEAD" && request.url.path.find("/blobs/") != std::string::npos && lies > 0) {
      --lies;
      return http::Response{.status = 200};
    }
    return response;
  };
  CHECK(image.push_to(Repository(options, registry.host(), "team/web")).blobs_sent == 2);
  CHECK(repository.find_manifest("v1"));
}

TEST_CASE("a real registry takes a large blob in pieces, or again as a whole when a piece breaks (S24)") {
  if (!tools_are_here()) return;
  TlsFiles tls;
  RealRegistry registry(RealRegistry::Speaks::plain, tls);
  RealImage image;
  std::string content(6'000'000, 'x');
  for (std::size_t i = 0; i < content.size(); i += 97) content[i] = static_cast<char>('a' + i % 23);
  const auto large = image.blob(content);
  Runtime runtime = process_runtime();
  runtime.environment = [](std::string_view) { return std::nullopt; };
  runtime.sleep = [](std::chrono::milliseconds) {};
  const auto sound = http::curl_transport({.user_agent = "test", .runtime = runtime});
  unsigned pieces = 0, puts = 0;
  const unsigned breaking_piece = GENERATE(0u, 3u);  // none; after it the link is a good one
  ClientOptions options{.runtime = runtime, .parts_from = 1 << 20};
  options.transport = [&](http::Request request) {
    std::uint64_t most = UINT64_MAX;  // bytes that come through
    if (request.method == "PUT" && ++puts <= 2) most = 2 << 20;
    if (request.method == "PATCH" && ++pieces == breaking_piece) most = 256 << 10;
    request.before_send = [most](std::uint64_t offset, Bytes) {
      if (offset >= most) throw Error(ErrorKind::network, "the connection was lost").transient();
    };
    return sound(request);
  };
  const Repository repository(options, registry.host(), "team/web");
  repository.put_blob(large, image.file(large.digest), nullptr);
  CHECK(registry.count("POST", "/blobs/uploads/") == (breaking_piece == 0 ? 3 : 4));
  CHECK(pieces == (breaking_piece == 0 ? 6 : 4));
  std::string got;
  repository.get_blob(large, [&](Bytes bytes) { got += as_text(bytes); });
  CHECK(got == content);
}
