// Numbers of users and groups that packages create.
#pragma once
#include <cstdint>
#include <map>
#include <string>

namespace lapstrake::packages::deb {

struct Ids {
  std::uint32_t uid = 0, gid = 0;
  bool operator==(const Ids&) const = default;
};
// By name. A group of its own has uid == gid == its gid, under "group NAME".
using Accounts = std::map<std::string, Ids>;

}  // namespace lapstrake::packages::deb
