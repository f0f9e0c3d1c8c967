// A root of small packages with their effects, for tests.
#pragma once
#include <lapstrake/packages/deb/effects.hpp>
#include <string>
#include <vector>

#include "deb_writer.hpp"
#include "support/catch.hpp"

struct EffectWorld {
  TempDir folder;
  lapstrake::layers::BaseFiles below;
  std::vector<lapstrake::packages::deb::Deb> packages = {};
  lapstrake::packages::deb::EffectTable table{"Version: 1\n"};
  std::vector<std::string> notes = {};

  // A package and its lines of the effect table.
  void add(const DebText& deb, const std::string& effects = {}) {
    packages.push_back(unpacked_deb(folder, deb));
    if (effects.empty()) return;
    lines_ += lapstrake::cat("\nPackage: ", deb.name, "\nEffects:\n", effects);
    table = lapstrake::packages::deb::EffectTable(lapstrake::cat("Version: 1\n", lines_));
  }
  // A package with effects alone.
  void effects(const std::string& lines) { add({.name = lapstrake::cat("tool", packages.size())}, lines); }

  void base(const std::vector<DebFile>& files) {
    std::vector<lapstrake::layers::Entry> entries;
    for (const auto& file : files) {
      lapstrake::layers::Entry entry;
      entry.path = file.path;
      entry.kind = file.kind;
      entry.mode = file.mode;
      entry.target = file.target;
      entry.size = file.text.size();
      entry.content = file.text;
      entries.push_back(std::move(entry));
    }
    below.add_layer(entries);
  }

  lapstrake::packages::deb::Root unpacked() const {
    lapstrake::packages::deb::Root out(below);
    for (const auto& deb : packages) out.add(deb, lapstrake::packages::deb::Docs::keep);
    return out;
  }
  lapstrake::packages::deb::Accounts accounts(const lapstrake::packages::deb::Accounts& known = {}) const {
    return lapstrake::packages::deb::allocate(unpacked(), packages, table, known);
  }
  lapstrake::packages::deb::Root root() {
    auto out = unpacked();
    notes = lapstrake::packages::deb::apply_effects(out, packages, table, accounts());
    return out;
  }

 private:
  std::string lines_;
};

// "drwxr-xr-x 0:0", "lrwxrwxrwx usr/bin"; "none" if there is no such entry.
inline std::string shown(const lapstrake::packages::deb::Root& root, std::string_view path) {
  using namespace lapstrake;
  const auto* entry = root.find(path);
  if (entry == nullptr) return "none";
  if (entry->kind == layers::Kind::symlink) return cat("-> ", *entry->target);
  std::string mode = "0000";
  for (std::size_t i = 4, bits = entry->mode; i-- > 0; bits /= 8) mode[i] = static_cast<char>('0' + bits % 8);
  return cat(entry->kind == layers::Kind::directory ? "folder " : "file ", mode, " ", entry->uid, ":", entry->gid);
}
