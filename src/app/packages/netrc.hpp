// The netrc file: logins by host, as curl, pip and others read them.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lapstrake::app {

struct NetrcLogin {
  std::string user, password;
};

// The login of the first `machine` with this name, or of `default`. Macros are skipped. (ftp(1), .netrc)
std::optional<NetrcLogin> find_login(std::string_view netrc, std::string_view host);

}  // namespace lapstrake::app
