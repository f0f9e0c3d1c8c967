// Tarballs of npm: the files stay below the package, their modes are safe, and the archive can be read again.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <lapstrake/packages/npm/scripts.hpp>
#include <lapstrake/packages/npm/tarball.hpp>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::packages;
using namespace lapstrake::packages::npm;

namespace {

constexpr std::size_t most = 600 << 20;

struct TempFolder {
  std::filesystem::path path;
  TempFolder() {
    std::string name = std::filesystem::temp_directory_path() / "npm_tarball_fuzz.XXXXXX";
    hold(::mkdtemp(name.data()) != nullptr, "a folder can be made");
    path = name;
  }
  ~TempFolder() { std::filesystem::remove_all(path); }
};

void hold_member(const Member& member) {
  hold(member.kind == layers::Kind::file, "a package has files only");
  hold(!member.path.empty() && !member.path.starts_with('/') && !member.path.ends_with('/') &&
           cat("/", member.path, "/").find("/../") == std::string::npos &&
           cat("/", member.path, "/").find("//") == std::string::npos,
       "a file is below the package");
  hold((member.mode & ~0755u) == 0 && (member.mode & 0644) == 0644, "a mode is one of npm's");
  hold(member.uid == 0 && member.gid == 0, "an owner is root");
}

std::optional<Manifest> unpacked(std::string_view tarball, const Sink& sink) {
  return attempt(ErrorKind::integrity, [&] {
    std::size_t written = 0;
    UnpackedArchiveWriter out([&](Bytes bytes) {
      written += bytes.size();
      hold(written <= most, "no more comes out than the limits allow");
      sink(bytes);
    });
    // As if the tarball had no bytes at all: the limits do not grow.
    auto manifest = unpack_tarball(source_of(tarball), "the tarball", {}, out);
    out.finish();
    return manifest;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const TempFolder folder;
  std::string file;
  const auto manifest = unpacked(text_of(data, size), [&](Bytes bytes) { file += as_text(bytes); });
  if (!manifest) return 0;
  const auto path = folder.path / "unpacked";
  std::ofstream(path, std::ios::binary) << file;
  const auto archive = UnpackedArchive::open(path, "the tarball", "x");
  hold(archive.has_value(), "an unpacked archive can be read");
  for (const auto& member : archive->members()) hold_member(member);
  const PackageFiles files{.archive = *archive};
  hold(manifest_of(files).name == manifest->name, "the last package.json is the one that counts");
  install_scripts(*manifest, files);
  prebuilt_binary(files, {.target = {.cpu = "x64"}});
  return 0;
}
