// Converts file capabilities from setcap's syntax to the kernel's format.
#pragma once
#include <string>
#include <string_view>

namespace lapstrake::layers {

// "cap_net_bind_service=ep", "cap_net_raw,cap_net_admin+ep": the value of security.capability, VFS_CAP_REVISION_2
// (linux/capability.h: 20 bytes, little-endian). Error{usage} naming the nearest capability, or the reason why the
// kernel would refuse it.
std::string capability_xattr(std::string_view text);

}  // namespace lapstrake::layers
