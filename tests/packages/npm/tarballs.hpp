// Tarballs and unpacked archives for tests.
#pragma once
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/tar.hpp>
#include <lapstrake/packages/npm/tarball.hpp>
#include <memory>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

struct TarMember {
  std::string path, content = {};
  lapstrake::layers::Kind kind = lapstrake::layers::Kind::file;
  std::uint32_t mode = 0644;
  std::string target = {};
};

// Uncompressed: read_tar detects it.
inline std::string tar_of(const std::vector<TarMember>& members) {
  std::string out;
  lapstrake::layers::TarWriter writer([&](lapstrake::Bytes bytes) { out += lapstrake::as_text(bytes); }, 0);
  for (const auto& member : members) {
    lapstrake::layers::Entry entry;
    entry.path = member.path;
    entry.kind = member.kind;
    entry.mode = member.mode;
    entry.size = member.content.size();
    entry.target = member.target;
    writer.header(entry);
    if (!member.content.empty()) writer.data(lapstrake::as_bytes(member.content));
  }
  writer.finish();
  return out;
}

struct Unpacked {
  lapstrake::packages::npm::Manifest manifest;
  std::shared_ptr<const lapstrake::packages::UnpackedArchive> archive;
};

// `folder` must outlive the archive.
inline Unpacked unpacked(const TempDir& folder, const std::string& tar,
                         const lapstrake::packages::npm::ExpectedPackage& expected = {}) {
  using namespace lapstrake::packages;
  static int count = 0;
  const auto path = folder.path() / ("unpacked" + std::to_string(++count));
  std::string file;
  UnpackedArchiveWriter writer([&](lapstrake::Bytes bytes) { file += lapstrake::as_text(bytes); });
  Unpacked out;
  out.manifest = npm::unpack_tarball(lapstrake::source_of(tar), "the tarball of `a` 1.0.0", expected, writer,
                                     {.packed_bytes = tar.size()});
  writer.finish();
  lapstrake::write_file(path, file);
  auto archive = UnpackedArchive::open(path, "the tarball of `a` 1.0.0", "x");
  REQUIRE(archive);
  out.archive = std::make_shared<const UnpackedArchive>(std::move(*archive));
  return out;
}
