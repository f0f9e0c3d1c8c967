// Writes .deb files for tests, uncompressed unless a text says otherwise.
#pragma once
#include <lapstrake/base/text.hpp>
#include <lapstrake/layers/tar.hpp>
#include <lapstrake/packages/deb/archive.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/temp_dir.hpp"

struct DebFile {
  std::string path, text = {};
  lapstrake::layers::Kind kind = lapstrake::layers::Kind::file;
  std::uint32_t mode = 0644, uid = 0, gid = 0;
  std::string target = {};
};

inline std::string tar_of(const std::vector<DebFile>& files) {
  using namespace lapstrake;
  std::string out;
  layers::TarWriter tar([&](Bytes bytes) { out += as_text(bytes); }, 0);
  for (const auto& file : files) {
    layers::Entry entry;
    entry.path = file.path;
    entry.kind = file.kind;
    entry.mode = file.mode;
    entry.uid = file.uid;
    entry.gid = file.gid;
    entry.target = file.target;
    entry.size = file.text.size();
    tar.header(entry);
    if (!file.text.empty()) tar.data(as_bytes(file.text));
  }
  tar.finish();
  return out;
}

inline std::string ar_of(const std::vector<std::pair<std::string, std::string>>& members) {
  using lapstrake::cat;
  std::string out = "!<arch>\n";
  const auto padded = [](std::string text, std::size_t size) { return text.append(size - text.size(), ' '); };
  for (const auto& [name, data] : members) {
    out += cat(padded(name, 16), padded("0", 12), padded("0", 6), padded("0", 6), padded("100644", 8),
               padded(cat(data.size()), 10), "`\n", data);
    if (data.size() % 2 != 0) out += '\n';
  }
  return out;
}

struct DebText {
  std::string name = "tool", version = "1.0", architecture = "amd64", fields = {};
  std::vector<DebFile> files = {}, control = {};
};

inline std::string control_text_of(const DebText& deb) {
  return lapstrake::cat("Package: ", deb.name, "\nVersion: ", deb.version, "\nArchitecture: ", deb.architecture, "\n",
                        deb.fields, "Description: a package\n");
}

inline std::string deb_of(const DebText& deb) {
  auto control = deb.control;
  control.push_back({.path = "control", .text = control_text_of(deb)});
  return ar_of({{"debian-binary", "2.0\n"}, {"control.tar", tar_of(control)}, {"data.tar", tar_of(deb.files)}});
}

// Unpacks a .deb as the store keeps it.
inline lapstrake::packages::UnpackedArchive unpacked(const TempDir& folder, const std::string& bytes,
                                                     const lapstrake::packages::deb::ExpectedDeb& expected = {}) {
  using namespace lapstrake;
  static int count = 0;
  std::string file;
  packages::UnpackedArchiveWriter writer([&](Bytes more) { file += as_text(more); });
  packages::deb::unpack_deb(source_of(bytes), "the package", expected, writer, {.packed_bytes = bytes.size()});
  writer.finish();
  const auto name = cat("deb", ++count);
  folder.write(name, file);
  return *packages::UnpackedArchive::open(folder.path() / name, cat("archive ", count), "x");
}

inline lapstrake::packages::deb::Deb unpacked_deb(const TempDir& folder, const DebText& deb) {
  return {.name = deb.name,
          .version = deb.version,
          .architecture = deb.architecture,
          .archive = std::make_shared<const lapstrake::packages::UnpackedArchive>(unpacked(folder, deb_of(deb)))};
}
