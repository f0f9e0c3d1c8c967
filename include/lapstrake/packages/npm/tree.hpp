// The files of node_modules: unpacked packages at their places, links to workspaces, `.bin`.
#pragma once
#include <cstdint>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/packages/npm/lock_file.hpp>
#include <lapstrake/packages/unpacked_archive.hpp>
#include <memory>
#include <string>
#include <vector>

namespace lapstrake::packages::npm {

// A package of a Selection.
struct InstalledPackage {
  LockedPackage package;
  std::shared_ptr<const UnpackedArchive> archive = {};  // as unpack_tarball wrote it; null for links and in_bundle
};

struct TreeOptions {
  // The node_modules of the project in the image, "app/node_modules": relative to the root. The folder above is the
  // project's: links to workspaces lead there, and so does the node_modules of a workspace.
  std::string into;
  std::uint32_t uid = 0, gid = 0;
};

// Sorted by path: each node_modules that gets a package, and everything below. A package's files hide files at its
// place in the tarball of the package around it. A command of `bin` is a symbolic link in the node_modules/.bin beside
// the package; its target gets mode 0755 and its `#!` line a LF for a CR LF (npm/bin-links). If several packages have
// one command, the first in npm's order gets it; packages come before links. A command without a file is left out.
// node_modules/.package-lock.json is not written: it is valid only for one set of time stamps.
std::vector<layers::Entry> tree(const std::vector<InstalledPackage>& packages, const TreeOptions& options);

}  // namespace lapstrake::packages::npm
