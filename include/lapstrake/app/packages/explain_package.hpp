// What `lapstrake explain` shows of a package: why it is installed, what its maintainer scripts would do, and which
// files it has.
#pragma once
#include <cstdint>
#include <lapstrake/app/context.hpp>
#include <lapstrake/packages/deb/scripts.hpp>
#include <lapstrake/packages/unpacked_archive.hpp>
#include <lapstrake/spec/project.hpp>
#include <lapstrake/store/store.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lapstrake::app {

// An entry of `lapstrake.lock` that has the package.
struct PackageUse {
  std::string install;  // "deb web os, amd64"
  std::string version, why, note;
};

struct MaintainerScript {
  std::string name, text;  // "postinst"
};

struct ExplainedDeb {
  std::string name, version, architecture;
  std::string from;         // "bookworm: pool/main/n/nginx/...", or the path of a file
  std::string depends;      // Pre-Depends and Depends, as written
  std::string description;  // the first line
  packages::deb::ScriptReview review;
  std::string residue_hash;  // of the lines that are not standard, as the effect table has it; empty without scripts
  std::vector<MaintainerScript> scripts;
  std::vector<std::string> effects;  // of the effect table, one a line
  std::string note;                  // of the effect table
  std::vector<packages::Member> files;
};

struct ExplainedPackage {
  std::string name;
  std::vector<PackageUse> uses;
  std::optional<ExplainedDeb> deb;
  std::string php;  // if the name is that of a PHP extension: the Debian package, and how it differs
};

// `name`: of a package in `lapstrake.lock`, of a Debian package in the sources of the project or of this machine, of a
// PHP extension ("pdo_mysql"), or the path of a .deb file. `project`: null without a spec. Error{usage} for a name that
// is none of these.
ExplainedPackage explain_package(const Context& context, const spec::Project* project, const store::Store& store,
                                 const std::string& name);

}  // namespace lapstrake::app
