#include "../../layers/capabilities.hpp"

#include <sys/xattr.h>

#include <cerrno>
#include <cstdlib>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace lapstrake;
using namespace lapstrake::layers;

TEST_CASE("capabilities are the kernel's 20 bytes") {
  CHECK(hex(as_bytes(capability_xattr("cap_net_bind_service=ep"))) == "0100000200040000000000000000000000000000");
  CHECK(hex(as_bytes(capability_xattr("cap_net_raw,cap_net_admin+p"))) == "0000000200300000000000000000000000000000");
  CHECK(hex(as_bytes(capability_xattr("cap_bpf=i"))) == "0000000200000000000000000000000080000000");
  CHECK(hex(as_bytes(capability_xattr("=ep"))) == "01000002ffffffff00000000ff01000000000000");
  CHECK(capability_xattr("CAP_NET_RAW=ep cap_chown+ep") == capability_xattr("cap_chown,cap_net_raw+eip-i"));
}

TEST_CASE("capabilities that Linux lacks or refuses are errors") {
  const auto [text, words] = GENERATE(table<std::string, std::string>({
      {"cap_net_bind_servce=ep", "did you mean `cap_net_bind_service`?"},
      {"cap_net_raw", "have no"},
      {"", "empty"},
      {"cap_net_raw=x", "flag"},
      {"+ep", "without naming a capability"},
      {"cap_net_raw=ep cap_chown=p", "`e` must be set for all"},
  }));
  try {
    capability_xattr(text);
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK_THAT(report(error), Contains(words));
  }
}

TEST_CASE("setcap writes the same bytes") {
  TempDir dir;
  const auto path = dir.write("f", "x").string();
  const std::string text =
      GENERATE("cap_net_bind_service=ep", "cap_net_raw,cap_net_admin+ep", "cap_setuid,cap_setgid=eip", "cap_kill+i",
               "cap_perfmon,cap_checkpoint_restore=p", "all=ep cap_sys_admin-ep");
  if (std::system(cat("setcap '", text, "' ", path, " 2> /dev/null").c_str()) != 0) return;  // only root may
  std::string value(64, '\0');
  const auto size = ::getxattr(path.c_str(), "security.capability", value.data(), value.size());
  REQUIRE(size > 0);
  value.resize(static_cast<std::size_t>(size));
  CHECK(hex(as_bytes(capability_xattr(text))) == hex(as_bytes(value)));
}
