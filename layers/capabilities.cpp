#include "capabilities.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <vector>

namespace lapstrake::layers {
namespace {

// linux/capability.h, in the order of their numbers.
const std::array names = {"cap_chown",
                          "cap_dac_override",
                          "cap_dac_read_search",
                          "cap_fowner",
                          "cap_fsetid",
                          "cap_kill",
                          "cap_setgid",
                          "cap_setuid",
                          "cap_setpcap",
                          "cap_linux_immutable",
                          "cap_net_bind_service",
                          "cap_net_broadcast",
                          "cap_net_admin",
                          "cap_net_raw",
                          "cap_ipc_lock",
                          "cap_ipc_owner",
                          "cap_sys_module",
                          "cap_sys_rawio",
                          "cap_sys_chroot",
                          "cap_sys_ptrace",
                          "cap_sys_pacct",
                          "cap_sys_admin",
                          "cap_sys_boot",
                          "cap_sys_nice",
                          "cap_sys_resource",
                          "cap_sys_time",
                          "cap_sys_tty_config",
                          "cap_mknod",
                          "cap_lease",
                          "cap_audit_write",
                          "cap_audit_control",
                          "cap_setfcap",
                          "cap_mac_override",
                          "cap_mac_admin",
                          "cap_syslog",
                          "cap_wake_alarm",
                          "cap_block_suspend",
                          "cap_audit_read",
                          "cap_perfmon",
                          "cap_bpf",
                          "cap_checkpoint_restore"};
constexpr std::uint64_t all = (std::uint64_t{1} << 41) - 1;

struct Sets {
  std::uint64_t effective = 0, permitted = 0, inheritable = 0;
};

[[noreturn]] void refuse(std::string_view text, std::string_view why,
                         std::string help = "write it as setcap does: `cap_net_bind_service=ep`") {
  throw Error(ErrorKind::usage, cat("the capabilities `", printable(text), "` ", why), std::move(help));
}

std::uint64_t mask_of(std::string_view list, std::string_view text) {
  if (list.empty() || list == "all") return all;
  std::uint64_t mask = 0;
  for (const std::string& part : split(list, ',')) {
    const std::string name = lower(part);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) {
      mask |= std::uint64_t{1} << (found - names.begin());
      continue;
    }
    const auto near = nearest(name, {names.begin(), names.end()});
    refuse(text, cat("have the unknown name `", printable(part), "`"),
           near ? cat("did you mean `", *near, "`?") : "see `man 7 capabilities` for the names");
  }
  return mask;
}

void apply(Sets& sets, char how, std::string_view flags, std::uint64_t mask, std::string_view text) {
  const auto set = [&](std::uint64_t& which, char flag) {
    const bool named = flags.find(flag) != std::string_view::npos;
    if (how == '=') which &= ~mask;
    if (named && how == '-') which &= ~mask;
    if (named && how != '-') which |= mask;
  };
  if (flags.find_first_not_of("eip") != std::string_view::npos) refuse(text, "have a flag other than `e`, `i` and `p`");
  set(sets.effective, 'e');
  set(sets.inheritable, 'i');
  set(sets.permitted, 'p');
}

// cap_from_text(3): a list, then operators with their flags.
void apply_clause(Sets& sets, std::string_view clause, std::string_view text) {
  auto at = clause.find_first_of("=+-");
  if (at == std::string_view::npos) refuse(text, "have no `=`, `+` or `-`");
  if (at == 0 && clause[0] != '=') refuse(text, "change flags without naming a capability");
  const std::uint64_t mask = mask_of(clause.substr(0, at), text);
  while (at < clause.size()) {
    const auto end = std::min(clause.find_first_of("=+-", at + 1), clause.size());
    apply(sets, clause[at], clause.substr(at + 1, end - at - 1), mask, text);
    at = end;
  }
}

void append_little_endian(std::string& out, std::uint64_t number) {
  for (unsigned i = 0; i < 4; ++i) out += static_cast<char>((number >> (8 * i)) & 0xff);
}

}  // namespace

std::string capability_xattr(std::string_view text) {
  Sets sets;
  std::string_view rest = trim(text);
  if (rest.empty()) refuse(text, "are empty");
  while (!rest.empty()) {
    const auto end = std::min(rest.find_first_of(" \t\n"), rest.size());
    apply_clause(sets, rest.substr(0, end), text);
    rest = trim(rest.substr(end));
  }
  // A file has one bit for "effective": capabilities(7), "File capabilities".
  if (sets.effective != 0 && sets.effective != (sets.permitted | sets.inheritable))
    refuse(text, "cannot be stored in a file: `e` must be set for all of them or for none");
  std::string out;
  append_little_endian(out, 0x02000000u | (sets.effective != 0 ? 1u : 0u));
  for (const unsigned half : {0u, 32u}) {
    append_little_endian(out, sets.permitted >> half);
    append_little_endian(out, sets.inheritable >> half);
  }
  return out;
}

}  // namespace lapstrake::layers
