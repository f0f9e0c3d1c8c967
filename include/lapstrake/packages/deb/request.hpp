// What a user asks for in `install:`.
#pragma once
#include <string>
#include <string_view>

namespace lapstrake::packages::deb {

struct Request {
  std::string name;
  // "", "<<", "<=", "=", ">=", ">>" (Debian Policy 7.1), and the version that it compares with.
  std::string relation = {}, version = {};
  std::string text() const;  // "nginx (>= 1.22)"
  bool operator==(const Request&) const = default;
};

// "nginx", "nginx (>= 1.22)", "nginx=1.22.1-9". Error{usage} for other text, with what to write for `nginx:arm64`,
// `nginx/bookworm-backports`, `php8.2-*` and `nginx-`, which apt would understand.
Request parse_request(std::string_view text);
bool admits(const Request& request, std::string_view version);

}  // namespace lapstrake::packages::deb
