// Packages with maintainer scripts for tests, as they are in the store: no .deb is read.
#pragma once
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/archive.hpp>
#include <lapstrake/packages/deb/scripts.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

struct ScriptPackage {
  std::string name = "tool";
  std::map<std::string, std::string> control = {};    // {"postinst", "#!/bin/sh\n..."}
  std::vector<std::string> files = {}, folders = {};  // "usr/bin/tool"
  std::map<std::string, std::string> links = {};      // {"usr/bin/tool", "/opt/tool"}
};

// `folder` must outlive the package.
inline lapstrake::packages::deb::Deb deb_with(const TempDir& folder, const ScriptPackage& package) {
  using namespace lapstrake;
  using namespace lapstrake::packages;
  static int count = 0;
  const auto path = folder.path() / cat("unpacked", ++count);
  std::string file;
  UnpackedArchiveWriter writer([&](Bytes bytes) { file += as_text(bytes); });
  for (const auto& [name, text] : package.control) writer.add_file({.path = cat("control/", name)})(as_bytes(text));
  for (const auto& name : package.files) writer.add_file({.path = cat("data/", name), .mode = 0755});
  for (const auto& name : package.folders)
    writer.add({.path = cat("data/", name), .kind = layers::Kind::directory, .mode = 0755});
  for (const auto& [name, target] : package.links)
    writer.add({.path = cat("data/", name), .kind = layers::Kind::symlink, .target = target});
  writer.finish();
  write_file(path, file);
  auto archive = UnpackedArchive::open(path, package.name, "x");
  REQUIRE(archive);
  return {.name = package.name,
          .version = "1.0-1",
          .architecture = "amd64",
          .archive = std::make_shared<const UnpackedArchive>(std::move(*archive))};
}

inline lapstrake::packages::deb::Deb deb_with_postinst(const TempDir& folder, const std::string& lines) {
  return deb_with(folder, {.control = {{"postinst", "#!/bin/sh\nset -e\n" + lines}}});
}

// What is left of a postinst, one line each.
inline std::string residue_text(const std::string& script) {
  std::string out;
  for (const auto& line : lapstrake::packages::deb::residue(script, "postinst")) out += line.text + "\n";
  return out;
}

inline std::string effects_text(const std::vector<lapstrake::packages::deb::Effect>& effects) {
  std::string out;
  for (const auto& effect : effects) out += lapstrake::cat(effect.verb, " ", lapstrake::join(effect.words, " "), "\n");
  return out;
}
