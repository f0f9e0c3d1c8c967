// The results of steps that this room does not execute: downloads, packages, files of other images.
#pragma once
#include <filesystem>
#include <lapstrake/layers/entry.hpp>
#include <lapstrake/oci/recipe.hpp>
#include <string>
#include <vector>

namespace lapstrake::layers {

// An archive outside of the project, to be unpacked as `archives:` does.
struct OtherArchive {
  oci::Archive archive;        // `from` is for messages only
  std::filesystem::path file;  // that nobody changes
  std::string digest;          // of the file, for the fingerprint
};

struct OtherSteps {
  // With all attributes, at the paths of the spec: links of the layers below are followed. A folder that exists below
  // keeps its attributes. No hard links: entries with the same content are several files.
  std::vector<Entry> entries;
  std::vector<OtherArchive> archives;
  // The same for files of packages, except that files with the same part of one ContentFile are hard links.
  std::vector<Entry> packages = {};
};

}  // namespace lapstrake::layers
