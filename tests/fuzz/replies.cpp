// What a registry, its token server and its storage answer, reply by reply, to a pull and a push: both end after few
// requests, a login goes to the registry alone, and what is taken for a blob or a manifest is the one that was asked
// for.
//
// Replies stand one after another, each behind a line `=`: its status, its headers a line each, an empty line, its
// body. When there are no more, 404 is said to all. `!` in place of a status loses the connection.
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/oci/digest.hpp>
#include <lapstrake/oci/media_type.hpp>
#include <lapstrake/registry/client.hpp>

#include "../support/temp_dir.hpp"
#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;

namespace {

constexpr std::string_view password = "hunter2horse";
constexpr std::string_view content = "hello from a layer\n";

http::Response response_of(std::string_view text) {
  http::Response response;
  const auto end = std::min(text.find("\n\n"), text.size());
  const auto lines = split(text.substr(0, end), '\n');
  if (lines[0] == "!") throw Error(ErrorKind::network, "the connection was lost").transient();
  response.status = static_cast<int>(std::clamp<std::int64_t>(parse_integer(lines[0]).value_or(200), 100, 599));
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto colon = std::min(lines[i].find(':'), lines[i].size());
    try {
      response.headers.add(lines[i].substr(0, colon),
                           trim(std::string_view(lines[i]).substr(std::min(colon + 1, lines[i].size()))));
    } catch (const Error&) {  // no header, which the real transport passes over as well
    }
  }
  if (end < text.size()) response.body = text.substr(end + 2);
  return response;
}

std::vector<std::string_view> replies_in(std::string_view script) {
  std::vector<std::string_view> replies;
  constexpr std::string_view between = "\n=\n";
  for (std::size_t at = 0; at < script.size();) {
    const auto end = std::min(script.find(between, at), script.size());
    replies.push_back(script.substr(at, end - at));
    at = end + between.size();
  }
  return replies;
}

// Plays the script to whoever asks.
class Server {
 public:
  explicit Server(std::string_view script) : replies_(replies_in(script)) {}

  http::Response answer(const http::Request& request) {
    constexpr std::size_t most_requests = 120;
    hold(++asked_ <= most_requests, "an act ends after few requests");
    hold_secrets(request);
    if (const auto* file = std::get_if<http::FileRange>(&request.body); file != nullptr && request.before_send)
      request.before_send(0, as_bytes(content.substr(file->offset, file->length)));
    auto response =
        next_ < replies_.size() ? response_of(replies_[next_++]) : http::Response{.status = 404, .url = request.url};
    response.url = request.url;
    if (request.method == "HEAD") response.body.clear();
    if (request.sink && response.status >= 200 && response.status < 300) {
      if (request.on_response) request.on_response(response);
      request.sink(as_bytes(response.body));
      response.body.clear();
    }
    return response;
  }

 private:
  static void hold_secrets(const http::Request& request) {
    const auto* body = std::get_if<std::string>(&request.body);
    const auto basic = base64(as_bytes(cat("joe:", password)));
    bool has_login = body != nullptr && body->find(password) != std::string::npos;
    for (const auto& [name, value] : request.headers)
      has_login = has_login || value.find(basic) != std::string::npos || value.find(password) != std::string::npos;
    hold(!has_login || request.url.origin() == "https://registry.example:443", "a login goes to its registry alone");
    hold(request.url.text().find(password) == std::string::npos, "no address has a login");
  }

  std::vector<std::string_view> replies_;
  std::size_t next_ = 0, asked_ = 0;
};

struct Play {
  explicit Play(std::string_view script) : server(script) {
    options.transport = [this](const http::Request& request) { return server.answer(request); };
    options.keychain = [](const std::string& host, bool) -> std::optional<Login> {
      hold(host == "registry.example", "the keychain is asked about the registry alone");
      return Login{.username = "joe", .password = std::string(password)};
    };
    options.runtime = {.environment = [](std::string_view) { return std::nullopt; },
                       .clock = [this] { return now; },
                       .sleep = [this](std::chrono::milliseconds time) { now += time; },
                       .random = [] { return 0.5; },
                       .stop = {}};
    options.policy.most_attempts = 3;
  }
  Repository repository() const { return {options, "registry.example", "team/web"}; }

  std::chrono::system_clock::time_point now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};
  Server server;
  ClientOptions options;
};

// As `attempt`, for all that a registry may do to a client; no message holds the login.
template <class Act>
void play(std::string_view script, const Act& act) {
  Play played(script);
  try {
    act(played.repository());
  } catch (const Error& error) {
    const auto told = report(error);
    const auto fault = error.kind();
    const bool is_expected = fault == ErrorKind::network || fault == ErrorKind::access || fault == ErrorKind::integrity;
    if (!is_expected) std::fputs(told.c_str(), stderr);
    hold(is_expected, "what a registry does wrong is its fault");
    hold(!error.summary().empty() && is_for_terminals(told), "what a registry does wrong can be told to a person");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const TempDir folder;
  static const auto file = folder.write("blob", content);
  const auto script = text_of(data, size);
  const oci::Descriptor blob{.media_type = "application/vnd.oci.image.layer.v1.tar",
                             .digest = oci::Digest::of(content),
                             .size = content.size()};
  play(script, [&](const Repository& repository) {
    const auto manifest = repository.get_manifest("v1");
    hold(manifest.descriptor.digest == oci::Digest::of(manifest.text), "a manifest has the digest of its text");
  });
  play(script, [&](const Repository& repository) {
    std::string taken;
    repository.get_blob(blob, [&](Bytes bytes) { taken += as_text(bytes); });
    hold(taken == content, "a blob that is taken is the one that was asked for");
  });
  play(script, [&](const Repository& repository) {
    repository.put_blob(blob, file, [](std::uint64_t) {});
    repository.put_manifest("v1", R"({"schemaVersion":2})", "application/vnd.oci.image.manifest.v1+json");
  });
  play(script, [&](const Repository& repository) { repository.referrers(blob.digest); });
  return 0;
}
