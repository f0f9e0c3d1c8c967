// .npmrc: a login goes only to its own host and to configured registries, and no message contains a secret.
#include <lapstrake/packages/npm/npmrc.hpp>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::npm;

namespace {

constexpr std::string_view secret = "hunter2hunter2";

void hold_no_secret(std::string_view text) {
  hold(text.find(secret) == std::string_view::npos, "no message contains a secret");
}

// As `attempt`: also, the messages contain no value of a variable.
template <class Act>
auto attempt_secretly(ErrorKind kind, Act&& act) -> std::optional<decltype(act())> {
  return attempt(kind, [&] {
    try {
      return act();
    } catch (const Error& error) {
      hold_no_secret(report(error));
      throw;
    }
  });
}

void hold_login(const Npmrc& settings, const std::string& text, const std::string& url) {
  const auto parsed = http::parse_url(url);
  const auto login = attempt_secretly(ErrorKind::access, [&] { return settings.login_for(parsed, "@scope/a"); });
  if (!login || !*login) return;
  const bool is_named = text.find(parsed.host) != std::string::npos || text.find("${") != std::string::npos ||
                        text.find('\\') != std::string::npos;
  hold(is_named, "a login is for a host that the settings name");
  hold((*login)->token.empty() || ((*login)->username.empty() && (*login)->password.empty()),
       "a login is a token or a user with a password");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = std::string(text_of(data, size));
  const auto environment = [](const std::string& name) {
    return name == "TOKEN" ? std::optional(std::string(secret)) : std::nullopt;
  };
  const auto settings = attempt_secretly(ErrorKind::usage, [&] {
    return Npmrc({{.name = "`.npmrc`", .text = text}, {.name = "`~/.npmrc`", .text = "//user.example/:_authToken=x"}},
                 environment);
  });
  if (!settings) return 0;
  for (const auto& warning : settings->warnings()) hold_no_secret(warning);
  const auto* registry = settings->registry_for("@scope/a");
  hold(registry == nullptr || registry->path.ends_with('/'), "a registry is a folder");
  for (const std::string url :
       {"https://registry.npm.example/a", "https://h.example/npm/a/-/a-1.tgz", "http://h.example:1/"})
    hold_login(*settings, text, url);
  return 0;
}
