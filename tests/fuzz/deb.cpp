// .deb files: what comes out is limited, and a package that is unpacked has a control file.
#include <lapstrake/packages/deb/archive.hpp>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::packages;

namespace {

constexpr std::size_t most = 600 << 20;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = text_of(data, size);
  const auto unpacked = attempt(ErrorKind::integrity, [&] {
    std::size_t written = 0;
    UnpackedArchiveWriter out([&](Bytes more) {
      written += more.size();
      hold(written <= most, "no more comes out than the limits allow");
    });
    deb::unpack_deb(source_of(bytes), "the package", {}, out);
    out.finish();
    return true;
  });
  const auto control = attempt(ErrorKind::integrity, [&] { return deb::control_of(source_of(bytes), "the package"); });
  hold(!unpacked || control, "a package that is unpacked has a control file");
  return 0;
}
