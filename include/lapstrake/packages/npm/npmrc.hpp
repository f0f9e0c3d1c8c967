// npm's configuration, `.npmrc`: registries, and the logins for them.
#pragma once
#include <functional>
#include <lapstrake/http/url.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::npm {

struct NpmrcFile {
  std::string name;  // for messages: "`.npmrc`"
  std::string text;
};
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Exactly one of the two is set. Secrets, for Redactor::learn.
struct Login {
  std::string token;               // Authorization: Bearer
  std::string username, password;  // Authorization: Basic
};
std::string authorization(const Login& login);  // the header's value

class Npmrc {
 public:
  Npmrc();  // npm's defaults
  // The first file that has a key decides: the project's, the user's, the global one. Lines as npm's `ini` reads them;
  // `${NAME}` is replaced in keys and values, `${NAME?}` by nothing if it is not set, `\${` stays. Sections, lists and
  // lines without `=` are ignored. Error{usage} beyond 1 MiB, and for a registry that is not an http or https URL.
  Npmrc(const std::vector<NpmrcFile>& files, const Environment& environment);

  // Any other setting ("cafile"), unless it has a variable that is not set.
  std::optional<std::string> value(const std::string& key) const;
  // Of `@scope:registry` or `registry`; nullptr if neither is set: no host is built in. Its path ends with "/".
  const http::Url* registry_for(std::string_view package) const;
  // The login for a URL: of the longest `//host[:port]/path/:_authToken` (or :_auth, or :username and :_password) that
  // the URL begins with, else of the package's registry if that has the same origin (npm-registry-fetch, auth.js).
  // Over http, only to the origin of a configured registry.
  // Error{access} without the secret when `_auth` or `_password` is not base64.
  std::optional<Login> login_for(const http::Url& url, std::string_view package) const;
  // Settings that have no effect, without their values: a login without a host, a variable that is not set.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  void read(const NpmrcFile& file, const Environment& environment);
  void read_registries();
  std::optional<Login> login_at(const std::string& prefix) const;
  std::optional<Login> login_below(const http::Url& url) const;

  struct Setting {
    std::string value;
    std::string written_key;  // for messages: without the values of variables
  };
  std::map<std::string, Setting> values_;
  std::map<std::string, http::Url> registries_;  // by scope; "" is the one of packages without a scope
  std::vector<std::string> warnings_;
};

}  // namespace lapstrake::packages::npm
