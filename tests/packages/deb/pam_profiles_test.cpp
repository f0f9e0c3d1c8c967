#include <support/failure.hpp>

#include "effect_world.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;

namespace {

std::string auth_template(const std::string& type) {
  return "# here are the per-package modules (the \"Primary\" block)\n$primary\n"
         "# here's the fallback if no module succeeds\n" +
         type +
         "\trequisite\tpam_deny.so\n# and here are more per-package modules (the \"Additional\" block)\n$more\n"
         "# end of pam-auth-update config\n";
}

DebFile profile(const std::string& name, const std::string& text) {
  return {.path = "usr/share/pam-configs/" + name, .text = text};
}

const DebFile unix_profile = profile("unix",
                                     "Name: Unix authentication\nDefault: yes\nPriority: 256\nAuth-Type: Primary\n"
                                     "Auth:\n\t[success=end default=ignore]\tpam_unix.so  nullok try_first_pass\n"
                                     "Auth-Initial:\n\t[success=end default=ignore]\tpam_unix.so nullok\n"
                                     "Session-Type: Additional\nSession:\n\trequired\tpam_unix.so\n");
const DebFile capability = profile("capability",
                                   "Name: Capabilities\nDefault: yes\nPriority: 0\nAuth-Type: Additional\n"
                                   "Auth:\n\toptional\tpam_cap.so\n");
const DebFile mkhomedir = profile("mkhomedir",
                                  "Name: Homes\nDefault: no\nPriority: 0\nSession-Type: Additional\n"
                                  "Session:\n\toptional\tpam_mkhomedir.so\n");

// The lines of a stack that are not comments.
std::string lines_of_stack(const Root& root, const std::string& stack) {
  std::string out;
  for (const auto& line : split(root.text("etc/pam.d/common-" + stack).value_or("missing"), '\n'))
    if (!line.empty() && !line.starts_with('#')) out += line + "\n";
  return out;
}

struct PamWorld : EffectWorld {
  explicit PamWorld(std::vector<DebFile> profiles) {
    for (const std::string stack : {"auth", "session", "session-noninteractive"})
      profiles.push_back({.path = "usr/share/pam/common-" + stack, .text = auth_template(stack.substr(0, 7))});
    add({.name = "libpam-runtime", .files = std::move(profiles)}, " pam-auth-update\n");
  }
};

}  // namespace

TEST_CASE("profiles become lines of PAM's stacks, with jumps over the others") {
  PamWorld world({unix_profile, capability, mkhomedir});
  const auto root = world.root();
  CHECK(lines_of_stack(root, "auth") ==
        "auth\t[success=1 default=ignore]\tpam_unix.so nullok\nauth\trequisite\tpam_deny.so\n"
        "auth\toptional\tpam_cap.so \n");
  CHECK(lines_of_stack(root, "session") ==
        "session\t[default=1]\t\t\tpam_permit.so\nsession\trequisite\tpam_deny.so\n"
        "session\trequired\tpam_unix.so \n");
  CHECK(lines_of_stack(root, "session-noninteractive") == lines_of_stack(root, "session"));
  CHECK(root.text("var/lib/pam/seen") == "unix\nmkhomedir\ncapability\n");
  CHECK(root.text("var/lib/pam/session") ==
        "Module: null\n[default=1]\t\t\tpam_permit.so\nModule: unix\nrequired\tpam_unix.so\n");
}

TEST_CASE("the second profile of a block has its usual lines, and each jump its own length") {
  PamWorld world({unix_profile, profile("first",
                                        "Name: First\nDefault: yes\nPriority: 900\nAuth-Type: Primary\n"
                                        "Auth:\n\t[success=end default=ignore]\tpam_a.so\n\trequired pam_b.so x\n")});
  CHECK(lines_of_stack(world.root(), "auth") ==
        "auth\t[success=3 default=ignore]\tpam_a.so \nauth\trequired pam_b.so x\n"
        "auth\t[success=1 default=ignore]\tpam_unix.so nullok try_first_pass\nauth\trequisite\tpam_deny.so\n");
}

TEST_CASE("profiles for interactive sessions, and in conflict with a more important one, are left out") {
  PamWorld world({profile("a",
                          "Name: A\nDefault: yes\nPriority: 2\nConflicts: b, c\nSession-Type: Additional\n"
                          "Session-Interactive-Only: yes\nSession:\n\toptional\tpam_a.so\n"),
                  profile("b",
                          "Name: B\nDefault: yes\nPriority: 1\nSession-Type: Additional\n"
                          "Session:\n\toptional\tpam_b.so\n")});
  const auto root = world.root();
  CHECK(lines_of_stack(root, "session").ends_with("session\toptional\tpam_a.so \n"));
  CHECK(lines_of_stack(root, "session-noninteractive").ends_with("pam_deny.so\n"));
}

TEST_CASE("a profile that cannot be read is refused") {
  PamWorld world({profile("broken", "no field\n")});
  CHECK(failure_of([&] { world.root(); }).kind() == ErrorKind::integrity);
}
