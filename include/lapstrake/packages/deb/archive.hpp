// Reads .deb files (deb(5)): an ar archive of `debian-binary`, `control.tar` and `data.tar`.
#pragma once
#include <cstdint>
#include <lapstrake/base/bytes.hpp>
#include <lapstrake/packages/unpacked_archive.hpp>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::packages::deb {

// Where the members are in the unpacked form: "control/postinst", "data/usr/bin/nginx".
inline constexpr std::string_view control_folder = "control", data_folder = "data";

struct ExpectedDeb {
  std::string package = {}, version = {}, architecture = {};  // empty texts are not compared
};
struct DebOptions {
  std::uint64_t packed_bytes = 0;  // the size of the .deb: the limits grow with it (base/limits.hpp)
  std::stop_token stop = {};
};

// Streams the .deb to `out`, but does not finish it. Owners by number; modes with setuid, setgid and sticky. The
// compressions of deb(5): none, gzip, bzip2, xz, zstd. Error{integrity}: not a .deb, truncated, other members than
// deb(5) allows, another package than `expected`, absolute paths or `..`, a hard link to a file that the .deb lacks, a
// path both file and folder, a path below a link of its own, device nodes, beyond the limits.
void unpack_deb(const Source& stream, std::string_view what, const ExpectedDeb& expected, UnpackedArchiveWriter& out,
                const DebOptions& options = {});
// The `control` file alone, without reading data.tar.
std::string control_of(const Source& stream, std::string_view what, const DebOptions& options = {});

// An unpacked .deb.
struct Deb {
  std::string name, version, architecture;
  std::shared_ptr<const UnpackedArchive> archive;
  std::string path = {};  // of its file in the source, for messages
  // The text of a member of control.tar: "control", "postinst", "conffiles", "md5sums"; empty if it has none.
  std::string control(std::string_view member) const;
};

}  // namespace lapstrake::packages::deb
