// File capabilities in setcap's words, as the kernel keeps them.
#pragma once
#include <string>
#include <string_view>

namespace lapstrake::layers {

// "cap_net_bind_service=ep", "cap_net_raw,cap_net_admin+ep": the value of security.capability, VFS_CAP_REVISION_2
// (linux/capability.h: 20 bytes, little-endian). Error{usage} naming the nearest capability, or what the kernel would
// refuse.
std::string capability_xattr(std::string_view text);

}  // namespace lapstrake::layers
