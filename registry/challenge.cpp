#include "challenge.hpp"

#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/untrusted_address.hpp>
#include <optional>
#include <utility>

namespace lapstrake::registry {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  bool at_end() const { return text_.empty(); }
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void skip(std::string_view set) { text_.remove_prefix(std::min(text_.find_first_not_of(set), text_.size())); }
  std::string_view token() {
    const auto token = text_.substr(0, text_.find_first_of(" \t,=\""));
    text_.remove_prefix(token.size());
    return token;
  }
  // A quoted string or a token; nothing when it is neither, or the quote is not closed.
  std::optional<std::string> value() {
    if (!take('"')) {
      const auto end = text_.find_first_of(" \t,\"");
      const auto word = text_.substr(0, end);
      text_.remove_prefix(word.size());
      if (word.empty()) return std::nullopt;
      return std::string(word);
    }
    std::string value;
    while (!text_.empty()) {
      if (take('"')) return value;
      take('\\');
      if (text_.empty()) break;
      value += text_.front();
      text_.remove_prefix(1);
    }
    return std::nullopt;
  }
  std::string_view rest() const { return text_; }
  void restore(std::string_view rest) { text_ = rest; }

 private:
  std::string_view text_;
};

constexpr std::string_view blanks = " \t";
constexpr std::string_view separators = " \t,";

// name=value pairs up to the next scheme. False: the rest is invalid.
bool read_parameters(Reader& reader, Challenge& challenge) {
  for (;;) {
    reader.skip(separators);
    const auto before = reader.rest();
    const auto name = reader.token();
    reader.skip(blanks);
    if (name.empty() || !reader.take('=')) {
      reader.restore(before);  // a scheme, or the end
      return true;
    }
    reader.skip(blanks);
    auto value = reader.value();
    if (!value) return false;
    challenge.parameters.emplace(lower(name), std::move(*value));
  }
}

// The public registries whose token server has another host (devcontainers/cli#1278, oras-dotnet#401).
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> known_pairs{{
    {"docker.io", "auth.docker.io"},
    {"registry-1.docker.io", "auth.docker.io"},
    {"registry.gitlab.com", "gitlab.com"},
    {"nvcr.io", "authn.nvidia.com"},
}};

// A registry at another port of the token server's host: GitLab's default. Port 443 belongs to the owner of the host;
// other ports may belong to any user.
bool is_main_port(const http::Url& realm, const http::Url& origin) {
  return realm.host == origin.host && realm.port == 443 && origin.scheme == "https";
}

// As users write it: without the default port.
std::string origin_as_written(const http::Url& url) { return cat(url.scheme, "://", url.authority()); }

[[noreturn]] void refuse_realm(const std::string& host, std::string_view realm, std::string_view why,
                               std::string cure = {}) {
  if (cure.empty())
    cure = cat("no login was sent; check the registry's address, or log out (`docker logout ", host,
               "`) to continue without a login");
  throw Error(ErrorKind::access,
              cat("`", host, "` requests that its login be sent to `", printable(realm, 256), "`: ", why),
              std::move(cure));
}

}  // namespace

std::string Challenge::parameter(const std::string& name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string() : found->second;
}

std::vector<Challenge> parse_challenges(std::string_view field) {
  std::vector<Challenge> challenges;
  Reader reader(field);
  for (reader.skip(separators); !reader.at_end(); reader.skip(separators)) {
    const auto scheme = reader.token();
    if (scheme.empty()) break;
    Challenge challenge{lower(scheme), {}};
    const bool readable = read_parameters(reader, challenge);
    if (!readable) break;
    challenges.push_back(std::move(challenge));
  }
  return challenges;
}

std::vector<Challenge> challenges_of(const http::Headers& headers) {
  std::vector<Challenge> all;
  for (const auto& field : headers.find_all("WWW-Authenticate"))
    for (auto& challenge : parse_challenges(field)) all.push_back(std::move(challenge));
  return all;
}

bool is_known_pair(const std::string& host, const http::Url& realm) {
  for (const auto& [registry, token_server] : known_pairs)
    if (host == registry && realm.host == token_server && realm.port == 443) return true;
  return false;
}

http::Url checked_realm(std::string_view realm, const http::Url& origin, const std::string& host, bool has_login,
                        const TrustedRealm& trusted, std::optional<http::AddressKind> peer) {
  http::Url url;
  try {
    url = http::parse_url(realm);
  } catch (const Error&) {
    refuse_realm(host, realm.find('@') == realm.npos ? realm.substr(0, realm.find('?')) : "(URL with a user name)",
                 "this is not a valid URL for logins");
  }
  const bool own = url.origin() == origin.origin();
  const bool is_pair = trusted && trusted(host, url);
  if (url.scheme != "https" && !(origin.scheme == "http" && (own || is_pair)))
    refuse_realm(host, url.origin(), "this connection is not encrypted");
  if (own || is_pair) return url;
  if (has_login && !is_main_port(url, origin) && !is_known_pair(host, url))
    refuse_realm(host, url.origin(), "this is a different server that is not trusted for this registry",
                 cat("no login was sent; if this token server is right, add `registries: { \"", host,
                     "\": { token_server: ", origin_as_written(url), " } }`"));
  if (!has_login)
    http::check_address_literal(url, http::max_kind_named_by(origin, peer, http::AddressKind::global), host);
  return url;
}

}  // namespace lapstrake::registry
