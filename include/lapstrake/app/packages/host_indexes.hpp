// The package indexes of pip that this machine is configured for (`host`, the default source of `pip:`), with their
// credentials.
#pragma once
#include <lapstrake/base/runtime.hpp>
#include <lapstrake/http/url.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::app {

// A URL and the credentials to send there, which are for its origin only.
struct AuthorizedUrl {
  http::Url url;                                            // ends in "/"
  std::optional<std::string> authorization = std::nullopt;  // the value of the header
  bool operator==(const AuthorizedUrl&) const = default;
};

// A URL with or without user info, which becomes the credentials. Without them, those of a netrc file ($NETRC,
// ~/.netrc) for the host. Error{usage} for a URL that is invalid, without its user info in the message.
AuthorizedUrl authorized_url(const std::string& url, const Environment& environment);

// As pip finds them (pip documentation, "Configuration"): `index-url` and `extra-index-url` of the sections [global]
// and [install] (which wins) in /etc/xdg/pip/pip.conf, /etc/pip.conf, ~/.pip/pip.conf, ~/.config/pip/pip.conf, that of
// the active virtual environment and $PIP_CONFIG_FILE (a later one wins), then $PIP_INDEX_URL and $PIP_EXTRA_INDEX_URL.
// Else https://pypi.org/simple/. Error{usage} for a file that cannot be read or parsed.
std::vector<AuthorizedUrl> host_pip_indexes(const Environment& environment);

}  // namespace lapstrake::app
